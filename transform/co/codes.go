package co

// Codes of the national classification. A type names the table that its values
// are looked up in, whatever block carries them; package xsd/codes has the tables.
type (
	TipoComunicazione      string // two digits
	TipoDelegato           string // what entitles who sends for another, three digits
	Cittadinanza           string // three digits
	MotivoPermesso         string // reason of a residence permit, five characters
	TipoDocumento          string // kind of residence permit, one digit (table status_titolo_soggiorno)
	Questura               string // police office, three digits
	LivelloIstruzione      string // level of education, two digits
	Settore                string // ATECO 2007, nn.nn.nn
	TipologiaContrattuale  string // A.nn.nn
	CCNL                   string // collective agreement, two to four characters
	QualificaProfessionale string // occupation, six levels
	EntePrevidenziale      string // social security body, two digits
	CodiceOrario           string // working time, one letter (table tipo_orario)
	CategoriaObbligatoria  string // compulsory placement, two letters (table categoria_assunzione_obbligatoria)
	CodiceTrasformazione   string // two letters
	CausaCessazione        string // two letters (table cessazione)
	EntePromotore          string // promoter of traineeships, two digits (table tipologia_soggetto_promotore)
	CategoriaTirocinante   string // two digits
	TipologiaTirocinio     string // one letter
	CodiceVariazione       string // change of agency work, n.nn (table variazione_somministrazione)
	CodiceTrasferimento    string // transfer of business, two digits (table trasferimento_azienda)
	Provincia              string // ISTAT code, three digits
	Regione                string // the ministry's code, two digits
)
