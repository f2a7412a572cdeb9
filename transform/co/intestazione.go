package co

// Intestazione is what every national format says on its root of the
// communication itself and of who sends it.
type Intestazione struct {
	Versione                string              // edition of the format
	CodiceComunicazione     CodiceComunicazione // given by the receiving node; sixteen zeros from senders
	CodiceComunicazionePrec CodiceComunicazione // the communication referred to
	DataInvio               string              // xs:dateTime, instant of sending as the sender wrote it
	Delegato                CodiceFiscale       // who sends in the employer's place
	TipoDelegato            TipoDelegato        // what entitles the delegate
	EMailDelegato           string              // e-mailDelegato: e-mail of who sends
	Protocollo              string              // sender's protocol number, eight zeros if unused
}

// Sender is who sends: the delegate's tax code and kind, empty where the
// employer sends, and the e-mail.
func (i *Intestazione) Sender() (CodiceFiscale, TipoDelegato, string) {
	return i.Delegato, i.TipoDelegato, i.EMailDelegato
}
