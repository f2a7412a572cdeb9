package spicom

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// dto is the Java package of the beans of a communication.
const dto = "it.csi.spicom.dto."

// The classes whose fields the national form knows.
const (
	classComunicazione = "ComunicazioneTracciatoUnicoDTO"
	classProspetto     = "ComunicazioneProspettoDisabiliDTO"
	classDatore        = "DatoreDiLavoroDTO"
	classRapporto      = "DatiInizioRapportoDTO"
)

// The declared types of properties that are not beans, as one letter each.
const (
	typeString = "S" // java.lang.String
	typeLong   = "L" // java.lang.Long
	typeFlag   = "B" // java.lang.Boolean
	typeDate   = "D" // java.util.Date, java.sql.Date, java.sql.Timestamp
	typeList   = "A" // java.util.ArrayList
	typeArray  = "[]"
)

// class is a JavaBean of spicom-client 2.13.3 (the table of beans). A class
// without properties here belongs to a track that is not converted yet: its
// content is read, and held to the list of types, but known by no name.
type class struct {
	name    string
	extends string
	strings string // properties of type String, between blanks
	longs   string
	dates   string
	other   map[string]string // name to declared type
}

// classes lists every class; one that extends another comes after it.
func classes() []class {
	return slices.Concat(communicationClasses(), relationClasses(), extraClasses(), otherClasses())
}

// communicationClasses are the communication itself and who takes part in it.
func communicationClasses() []class {
	return []class{
		{
			name:    classComunicazione,
			strings: "esitoValidazioneCoerenzaCompilazioneSezioniTracciato",
			other: map[string]string{
				"datoreDiLavoro": classDatore, "lavoratore": "LavoratoreDTO",
				"lavoratoreCoobbligato": "LavoratoreDTO", "datiInizio": classRapporto,
				"proroga": "ProrogaDTO", "trasformazione": "TrasformazioneDTO", "cessazione": "CessazioneDTO",
				"datiVariazione": "DatiVariazioneDTO", "dittaUtilizzatrice": "DittaUtilizzatriceDTO",
				"missione": "MissioneDTO", "datiInvio": "DatiInvioDTO", "esitoValidazione": "EsitoValidazioneDTO",
				"variazioneRagioneSociale":   "VariazioneRagioneSocialeDTO",
				"trasferimentoRamoAziendale": "TrasferimentoRamoAziendaleDTO",
				"datiAggiuntivi":             "DatiAggiuntiviTracciatoDTO",
				"dichiarazioniUnidom":        "DichiarazioniUnidomDTO",
			},
		},
		{
			name: classDatore,
			strings: "codFiscale denominazione settore comuneSedeLegale capSedeLegale indirizzoSedeLegale " +
				"telefonoSedeLegale faxSedeLegale emailSedeLegale comuneSedeLavoro capSedeLavoro " +
				"indirizzoSedeLavoro telefonoSedeLavoro faxSedeLavoro emailSedeLavoro pubblicaAmministrazione",
			other: map[string]string{"legaleRappresentante": "LegaleRappresentante"},
		},
		{
			name:    "LegaleRappresentante",
			strings: "cognome nome sesso comuneOStatoEsteroNascita cittadinanza soggiornanteInItalia",
			dates:   "dataNascita",
			other:   map[string]string{"titoloSoggiorno": "TitoloSoggiorno"},
		},
		{
			name:    "TitoloSoggiorno",
			strings: "tipoDocumento numeroDocumento motivoPermesso questura",
			dates:   "dataScadenzaPS",
		},
		{
			name: "LavoratoreDTO",
			strings: "codFiscale cognome nome sesso comuneOStatoEsteroNascita cittadinanza tipoDocumento " +
				"numeroDocumento motivoPermesso questuraRilascioTitoloSoggiorno comuneDomicilio " +
				"indirizzoDomicilio capDomicilio livelloIstruzione flgSussistSistemAllog flgPagamSpesaRimpatrio",
			dates: "dataNascita dataScadenzaPermessoSoggiorno",
		},
	}
}

// relationClasses are the relationship, its changes and the data of sending.
func relationClasses() []class {
	return []class{
		{
			name: classRapporto,
			strings: "patInail codAgevolazioni tipologiaContrattuale tipoOrario qualificaProfessionaleIstat " +
				"ccnlApplicato livelloInquadramento entePrevidenziale codEntePrevidenziale lavInMobilita " +
				"assunzioneLegge68",
			longs: "oreSettimanaliMedie giornateLavorativePrevisteAgricoltura retribuzione",
			dates: "dataInizio dataFine dataFinePeriodoFormativo",
		},
		{
			name: "InizioRapportoUnilavDTO", extends: classRapporto,
			strings: "flgSocioLavoratore numeroAttoLegge68 tipoLavorazione flgLavoroAgricoltura " +
				"lavoroStagionale flgAssunzioneObbligatoria categoriaLavoratoreAssunzioneObbligatoria " +
				"CFSoggettoPromotoreTirocinio",
			dates: "dataNullaostaLegge68OConvenzione",
			other: map[string]string{"agevolazioni": typeList},
		},
		{name: "ProrogaDTO", strings: "prosecuzioneDiFatto", dates: "dataFineProroga"},
		{
			name: "TrasformazioneDTO",
			strings: "codTrasformazione comuneSedeLavoroPrecedente indirizzoSedeLavoroPrecedente patInail " +
				"flgDistaccoParziale flgDistaccoAziendaEstera",
			dates: "dataTrasformazione",
			other: map[string]string{"datoreLavoroDistacco": classDatore},
		},
		{name: "CessazioneDTO", strings: "codCausa", dates: "dataCessazione"},
		{
			name: "DatiInvioDTO",
			strings: "motivoUrgenza soggettoComunicante codFiscaleSoggettoComunicante tipoComunicazione " +
				"flgAssunzionePerCausaForzaMaggiore descrizioneCausaForzaMaggiore codiceComunicazione " +
				"codiceComunicazionePrecedente protocolloSistema emailDelegato versione",
			dates: "dataInvio",
		},
	}
}

// extraClasses are the region's own additions.
func extraClasses() []class {
	return []class{
		{
			name:    "DatiAggiuntiviTracciatoDTO",
			strings: "tipoTracciatoXML idAppMittente regioneMittenteComunicazione numVersioneXML",
			longs:   "chiaveEsterna",
			other: map[string]string{
				"richiestaValidazioneMinisteriale": typeFlag,
				"vctApplicativiNonDestinatari":     "java.lang.String[]",
				"datiAggiuntiviComunicazione":      "DatiAggiuntiviComunicazioneDTO",
				"datiApprendistato":                "DatiApprendistatoDTO", "datiTirocinio": "DatiTirocinioDTO",
				"datiAggiuntiviLavoratore":            "DatiAggiuntiviLavoratoreDTO",
				"datiAggiuntiviLavoratoreCoobbligato": "DatiAggiuntiviLavoratoreDTO",
				"datiAggiuntiviAzienda":               "DatiAggiuntiviAziendaDTO",
				"datiAggiuntiviAziendaAccessoria":     "DatiAggiuntiviAziendaDTO",
			},
		},
		{
			name: "DatiAggiuntiviComunicazioneDTO",
			strings: "tipoAttoL68 numProtocolloProvinciale siglaProvincia riferimentoCodReg " +
				"riferimentoNumProtProv riferimentoSiglaProv",
			longs: "normAssL68 annoProtocolloProvinciale riferimentoAnnoProtProv riferimentoIdRappLavSilp",
			dates: "dataProtocolloProvinciale",
		},
		{
			name: "DatiTirocinioDTO",
			strings: "tipologiaPromotore codCpiPromotore altroSoggettoPromotore tipologiaTirocinio " +
				"categoriaTirocinante CFSoggettoPromotoreTirocinio",
		},
		{
			name:    "DatiAggiuntiviLavoratoreDTO",
			strings: "codComuneResidenza indirizzoResidenza capResidenza idAnagraficaSilp",
		},
		{
			name:    "DatiAggiuntiviAziendaDTO",
			strings: "idSilTNaturaGiuridica flgArtigiano variazione",
			longs:   "idAziAnagraficaSilp idAziSedeLagaleSilp idAziSedeOperativaSilp",
		},
		{name: "DatiApprendistatoDTO", dates: "dataVisitaMedica", other: map[string]string{"tutore": "DatiTutoreDTO"}},
		{
			name: "DatiTutoreDTO",
			strings: "codFiscale cognome nome sesso flgTitolare qualificaProfessionaleIstat " +
				"livelloInquadramento gradoContrattuale",
			longs: "anniEsperienza",
			dates: "dataNascita",
		},
	}
}

// otherClasses belong to tracks that are not converted yet.
func otherClasses() []class {
	return []class{
		{name: "AgenziaSomministrazioneDTO", extends: classDatore},
		{name: "DatoreDomesticoDTO", extends: classDatore},
		{name: "DittaUtilizzatriceDTO", extends: classDatore},
		{name: "DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO", extends: classDatore},
		{name: "LavoratoreInteressatoTrasferimentoRamoAziendaleDTO", extends: "LavoratoreDTO"},
		{name: "InizioRapportoUniSommDTO", extends: classRapporto},
		{name: "InizioRapportoUniDomDTO", extends: classRapporto},
		{name: "DatiVariazioneDTO"}, {name: "DatiProrogaDTO"}, {name: "DatiTrasformazioneDTO"},
		{name: "DatiCessazioneDTO"}, {name: "MissioneDTO"}, {name: "InizioMissioneDTO"},
		{name: "ProrogaMissioneDTO"}, {name: "TrasformazioneMissioneDTO"}, {name: "CessazioneMissioneDTO"},
		{name: "VariazioneRagioneSocialeDTO"}, {name: "TrasferimentoRamoAziendaleDTO"},
		{name: "DichiarazioniUnidomDTO"}, {name: "EsitoValidazioneDTO"},
	}
}

// bean is a class made ready for the reader.
type bean struct {
	name       string
	super      *bean               // nil without one
	properties map[string]property // with those inherited, by name
	complete   bool                // properties lists them all
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
		add := func(names, declared string) {
			for _, name := range strings.Fields(names) {
				b.properties[name] = property{name, declared}
			}
		}
		add(c.strings, typeString)
		add(c.longs, typeLong)
		add(c.dates, typeDate)
		for name, declared := range c.other {
			add(name, declared)
		}
		b.complete = len(b.properties) > 0
		if b.super != nil {
			maps.Copy(b.properties, b.super.properties)
		}
		m[c.name] = b
	}
	return m
})

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

// component gives the component of an array type that a communication may hold.
func component(javaType string) (string, bool) {
	switch javaType {
	case "java.lang.String[]":
		return "java.lang.String", true
	case dto + "DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO[]",
		dto + "LavoratoreInteressatoTrasferimentoRamoAziendaleDTO[]":
		return strings.TrimSuffix(javaType, typeArray), true
	}
	return "", false
}
