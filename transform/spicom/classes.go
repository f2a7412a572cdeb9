package spicom

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// dto is the Java package of the beans of a communication.
const dto = "it.csi.spicom.dto."

// Classes named in more than one place.
const (
	classComunicazione = "ComunicazioneTracciatoUnicoDTO"
	classProspetto     = "ComunicazioneProspettoDisabiliDTO"
	classDatore        = "DatoreDiLavoroDTO"
	classLavoratore    = "LavoratoreDTO"
	classRapporto      = "DatiInizioRapportoDTO"
)

// The declared types of properties that are not beans, as the table of beans
// below writes them; String goes without saying.
const (
	typeString = "String"
	typeLong   = "Long"
	typeFlag   = "Boolean"
	typeDate   = "Date" // java.util.Date; java.sql.Date and java.sql.Timestamp are read as one
	typeList   = "ArrayList"
	typeArray  = "[]"
)

// class is a JavaBean of spicom-client 2.13.3 (the table of beans).
type class struct {
	name       string
	extends    string
	properties string // in the order in which ObjectSerializer writes them, each name:type
}

// classes lists every class; one that extends another comes after it.
func classes() []class {
	return slices.Concat(communicationClasses(), relationClasses(), agencyClasses(), transferClasses(), extraClasses(), prospettoClasses())
}

// communicationClasses are the communication itself and who takes part in it.
func communicationClasses() []class {
	return []class{
		{name: classComunicazione, properties: "datoreDiLavoro:DatoreDiLavoroDTO lavoratore:LavoratoreDTO " +
			"lavoratoreCoobbligato:LavoratoreDTO datiInizio:DatiInizioRapportoDTO proroga:ProrogaDTO " +
			"trasformazione:TrasformazioneDTO cessazione:CessazioneDTO " +
			"datiVariazione:DatiVariazioneDTO dittaUtilizzatrice:DittaUtilizzatriceDTO " +
			"missione:MissioneDTO datiInvio:DatiInvioDTO esitoValidazione:EsitoValidazioneDTO " +
			"variazioneRagioneSociale:VariazioneRagioneSocialeDTO " +
			"trasferimentoRamoAziendale:TrasferimentoRamoAziendaleDTO " +
			"datiAggiuntivi:DatiAggiuntiviTracciatoDTO dichiarazioniUnidom:DichiarazioniUnidomDTO " +
			"esitoValidazioneCoerenzaCompilazioneSezioniTracciato"},
		{name: classDatore, properties: "codFiscale denominazione settore comuneSedeLegale capSedeLegale indirizzoSedeLegale " +
			"telefonoSedeLegale faxSedeLegale emailSedeLegale comuneSedeLavoro capSedeLavoro " +
			"indirizzoSedeLavoro telefonoSedeLavoro faxSedeLavoro pubblicaAmministrazione " +
			"legaleRappresentante:LegaleRappresentante emailSedeLavoro"},
		{name: "LegaleRappresentante", properties: "cognome nome sesso dataNascita:Date comuneOStatoEsteroNascita cittadinanza " +
			"soggiornanteInItalia titoloSoggiorno:TitoloSoggiorno"},
		{name: "TitoloSoggiorno", properties: "tipoDocumento numeroDocumento motivoPermesso dataScadenzaPS:Date questura"},
		{name: classLavoratore, properties: "codFiscale cognome nome sesso dataNascita:Date comuneOStatoEsteroNascita cittadinanza " +
			"tipoDocumento numeroDocumento motivoPermesso dataScadenzaPermessoSoggiorno:Date " +
			"questuraRilascioTitoloSoggiorno comuneDomicilio indirizzoDomicilio capDomicilio " +
			"livelloIstruzione flgSussistSistemAllog flgPagamSpesaRimpatrio"},
		{name: "AgenziaSomministrazioneDTO", extends: classDatore, properties: "numIscrizioneAlbo flgAgenziaEstera"},
		{name: "DatoreDomesticoDTO", extends: classDatore, properties: "dsCognome dsNome"},
		{name: "DittaUtilizzatriceDTO", extends: classDatore, properties: "numContrattoSomministrazione:Long flgAziUtilEsteraInItalia " +
			"dataInizioSomministrazione:Date dataFineSomministrazione:Date"},
	}
}

// relationClasses are the relationship, its changes and the data of sending.
func relationClasses() []class {
	return []class{
		{name: classRapporto, properties: "dataInizio:Date dataFine:Date patInail codAgevolazioni tipologiaContrattuale tipoOrario " +
			"oreSettimanaliMedie:Long qualificaProfessionaleIstat ccnlApplicato livelloInquadramento " +
			"giornateLavorativePrevisteAgricoltura:Long entePrevidenziale codEntePrevidenziale " +
			"retribuzione:Long lavInMobilita dataFinePeriodoFormativo:Date assunzioneLegge68"},
		{name: "InizioRapportoUnilavDTO", extends: classRapporto, properties: "flgSocioLavoratore dataNullaostaLegge68OConvenzione:Date numeroAttoLegge68 " +
			"tipoLavorazione flgLavoroAgricoltura lavoroStagionale flgAssunzioneObbligatoria " +
			"categoriaLavoratoreAssunzioneObbligatoria CFSoggettoPromotoreTirocinio " +
			"agevolazioni:ArrayList"},
		{name: "InizioRapportoUniSommDTO", extends: classRapporto, properties: "numAgenziaSomministrazione:Long numMatricolaLavoratore:Long indennitaDisponibilita:Long " +
			"dataFineProroga:Date dataCessazione:Date"},
		{name: "InizioRapportoUniDomDTO", extends: classRapporto, properties: "flgCcnlApplicato"},
		{name: "ProrogaDTO", properties: "dataFineProroga:Date prosecuzioneDiFatto"},
		{name: "TrasformazioneDTO", properties: "dataTrasformazione:Date codTrasformazione comuneSedeLavoroPrecedente " +
			"indirizzoSedeLavoroPrecedente patInail datoreLavoroDistacco:DatoreDiLavoroDTO " +
			"flgDistaccoParziale flgDistaccoAziendaEstera"},
		{name: "CessazioneDTO", properties: "dataCessazione:Date codCausa"},
		{name: "DatiInvioDTO", properties: "dataInvio:Date motivoUrgenza soggettoComunicante codFiscaleSoggettoComunicante " +
			"tipoComunicazione flgAssunzionePerCausaForzaMaggiore descrizioneCausaForzaMaggiore " +
			"codiceComunicazione codiceComunicazionePrecedente protocolloSistema emailDelegato " +
			"versione"},
		{name: "DichiarazioniUnidomDTO", properties: "flgDatoreLavoroConiugeLavoratore flgDatoreLavoroParenteLavoratore " +
			"flgDatoreLavoroInvalido flgDatoreLavoroConviventeLavoratore"},
		{name: "EsitoValidazioneDTO", properties: "esitoValidazioneXSDTracciato:String[]"},
	}
}

// agencyClasses are the mission and the changes of agency work.
func agencyClasses() []class {
	return []class{
		{name: "DatiVariazioneDTO", properties: "codiceVariazione datiProroga:DatiProrogaDTO datiTrasformazione:DatiTrasformazioneDTO " +
			"datiCessazione:DatiCessazioneDTO"},
		{name: "DatiProrogaDTO", properties: "dataFineProroga:Date"},
		{name: "DatiTrasformazioneDTO", properties: "dataTrasformazione:Date codiceTrasformazione"},
		{name: "DatiCessazioneDTO", properties: "dataCessazione:Date codiceCausa"},
		{name: "MissioneDTO", properties: "datiInizioMissione:InizioMissioneDTO prorogaMissione:ProrogaMissioneDTO " +
			"trasformazioneMissione:TrasformazioneMissioneDTO " +
			"cessazioneMissione:CessazioneMissioneDTO"},
		{name: "InizioMissioneDTO", properties: "dataInizioMissione:Date dataFineMissione:Date flgRischioSilicosiAsbestosi " +
			"flgSomministrazioneTD voceTariffa1 voceTariffa2 voceTariffa3 descrizioneAttivita " +
			"descrizioneAttivitaAgricoltura codiceAgevolazione agevolazioni:ArrayList tipoOrario " +
			"numOreSettimanaliMedie:Long qualificaProfessionale ccnlApplicato livelloInquadramento " +
			"numGiornateLavorativePreviste:Long dsPatInail flgLavoroAgricoltura " +
			"flgAssunzioneObbligatoria categoriaLavoratoreAssunzioneObbligatoria retribuzione:Long"},
		{name: "ProrogaMissioneDTO", properties: "dataFineProroga:Date dataInizioMissione:Date"},
		{name: "TrasformazioneMissioneDTO", properties: "dataTrasformazione:Date dataInizioMissione:Date codiceTrasformazione"},
		{name: "CessazioneMissioneDTO", properties: "dataCessazione:Date dataInizioMissione:Date codiceCessazione"},
	}
}

// transferClasses are the change of an employer's name and the transfer of a business.
func transferClasses() []class {
	return []class{
		{name: "LavoratoreInteressatoTrasferimentoRamoAziendaleDTO", extends: classLavoratore, properties: "datiInizio:InizioRapportoUnilavDTO"},
		{name: "DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO", extends: classDatore, properties: "vctElencoLavoratoriInteressati:LavoratoreInteressatoTrasferimentoRamoAziendaleDTO[] " +
			"idAziSedeOperativaSilp variazione"},
		{name: "VariazioneRagioneSocialeDTO", properties: "denominazionePrecedente datoreLavoroAttuale:DatoreDiLavoroDTO dataVariazione:Date"},
		{name: "TrasferimentoRamoAziendaleDTO", properties: "codTrasferimentoDAzienda dataInizio:Date vctElencoSediDiLavoroInteressate:DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO[] datoreLavoroAttuale:DatoreDiLavoroDTO " +
			"datoreLavoroPrecedente:DatoreDiLavoroDTO dataFineRamoAffitto:Date"},
	}
}

// extraClasses are the region's own additions.
func extraClasses() []class {
	return []class{
		{name: "DatiAggiuntiviTracciatoDTO", properties: "tipoTracciatoXML idAppMittente richiestaValidazioneMinisteriale:Boolean " +
			"regioneMittenteComunicazione vctApplicativiNonDestinatari:String[] " +
			"datiAggiuntiviComunicazione:DatiAggiuntiviComunicazioneDTO " +
			"datiApprendistato:DatiApprendistatoDTO datiTirocinio:DatiTirocinioDTO " +
			"datiAggiuntiviLavoratore:DatiAggiuntiviLavoratoreDTO " +
			"datiAggiuntiviLavoratoreCoobbligato:DatiAggiuntiviLavoratoreDTO " +
			"datiAggiuntiviAzienda:DatiAggiuntiviAziendaDTO " +
			"datiAggiuntiviAziendaAccessoria:DatiAggiuntiviAziendaDTO numVersioneXML " +
			"chiaveEsterna:Long"},
		{name: "DatiAggiuntiviComunicazioneDTO", properties: "normAssL68:Long tipoAttoL68 numProtocolloProvinciale annoProtocolloProvinciale:Long " +
			"dataProtocolloProvinciale:Date siglaProvincia riferimentoCodReg riferimentoNumProtProv " +
			"riferimentoAnnoProtProv:Long riferimentoSiglaProv riferimentoIdRappLavSilp:Long"},
		{name: "DatiTirocinioDTO", properties: "tipologiaPromotore codCpiPromotore altroSoggettoPromotore tipologiaTirocinio " +
			"categoriaTirocinante CFSoggettoPromotoreTirocinio"},
		{name: "DatiAggiuntiviLavoratoreDTO", properties: "codComuneResidenza indirizzoResidenza capResidenza idAnagraficaSilp"},
		{name: "DatiAggiuntiviAziendaDTO", properties: "idSilTNaturaGiuridica flgArtigiano idAziAnagraficaSilp:Long idAziSedeLagaleSilp:Long " +
			"idAziSedeOperativaSilp:Long variazione"},
		{name: "DatiApprendistatoDTO", properties: "tutore:DatiTutoreDTO dataVisitaMedica:Date"},
		{name: "DatiTutoreDTO", properties: "codFiscale cognome nome dataNascita:Date sesso flgTitolare qualificaProfessionaleIstat " +
			"anniEsperienza:Long livelloInquadramento gradoContrattuale"},
	}
}

// bean is a class made ready for the reader and the writer.
type bean struct {
	name       string
	super      *bean               // nil without one
	order      []property          // those inherited first, as they are written
	properties map[string]property // the same by name
}

type property struct{ name, declared string }

// is reports whether b is the class of that name or extends it.
func (b *bean) is(name string) bool {
	for ; b != nil; b = b.super {
		if b.name == name {
			return true
		}
	}
	return false
}

// beans is built once and only read.
var beans = sync.OnceValue(func() map[string]*bean {
	m := make(map[string]*bean)
	for _, c := range classes() {
		b := &bean{name: c.name, super: m[c.extends], properties: make(map[string]property)}
		if b.super != nil {
			b.order = slices.Clone(b.super.order)
			maps.Copy(b.properties, b.super.properties)
		}
		for _, field := range strings.Fields(c.properties) {
			name, declared, typed := strings.Cut(field, ":")
			if !typed {
				declared = typeString
			}
			if item, array := strings.CutSuffix(declared, typeArray); array {
				declared = javaTypeOf(item) + typeArray
			}
			p := property{name, declared}
			b.order = append(b.order, p)
			b.properties[name] = p
		}
		m[c.name] = b
	}
	return m
})

// javaTypeOf is the Java name of a declared type.
func javaTypeOf(declared string) string {
	switch declared {
	case typeString, typeLong, typeFlag:
		return "java.lang." + declared
	case typeDate, typeList:
		return "java.util." + declared
	}
	if strings.HasSuffix(declared, typeArray) {
		return declared // full already
	}
	return dto + declared
}

// scalar gives the type that the Java class of a simple value is.
func scalar(javaClass string) (string, bool) {
	switch javaClass {
	case "java.lang.String":
		return typeString, true
	case "java.lang.Long":
		return typeLong, true
	case "java.lang.Boolean":
		return typeFlag, true
	case "java.util.Date", "java.sql.Date", "java.sql.Timestamp":
		return typeDate, true
	}
	return "", false
}

// component gives the component of an array type that a communication may hold:
// those of some property.
func component(javaType string) (string, bool) {
	item, ok := strings.CutSuffix(javaType, typeArray)
	return item, ok && components()[javaType]
}

var components = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for _, b := range beans() {
		for _, p := range b.order {
			if strings.HasSuffix(p.declared, typeArray) {
				m[p.declared] = true
			}
		}
	}
	return m
})
