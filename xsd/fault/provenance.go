package fault

// The programs of public administrations in which rules were read.
const (
	inComonl   = "comonl (Regione Piemonte), "
	inSil      = "SIL (Regione Emilia-Romagna), "
	comonlRule = inComonl + "RegoleValidazione"
)

// readIn names the program of a public administration in which a national rule
// was read, for those that no law states: the number of a rule is known to this
// project alone. It is "" for rules that rest on a law, a manual or a schema,
// which their entries name.
func readIn(c Code) string {
	switch c {
	case UnknownTipo, TipoNeedsHiring, PreviousNotAllowed, CodeNotZero, PreviousMissing, FaxPrevious, TourismPrevious, ForceMajeure:
		return comonlRule + "DatiInvio"
	case Delegate:
		return "schema Unipi.xsd; che codice e tipo vadano insieme è dedotto"
	case EmployerData, WorkplaceCap, SeatContact, AgencyCode, AgencyState, AgencyRegister, RepresentativePermit:
		return comonlRule + "DatoreDiLavoro"
	case BirthDate, SamePerson, PermitExpiry, PermitOffice:
		return comonlRule + "Lavoratore"
	case LapsedPlace:
		return comonlRule + "Lavoratore; le date sono dedotte"
	case PermitNumber:
		return inSil + "RichiestaBeanUniLav"
	case ModelloQ:
		return comonlRule + "Lavoratore e DatoreDiLavoro"
	case UserFirm, SupplyContract:
		return comonlRule + "AziendaUtilizzatrice_US"
	case DomesticName:
		return comonlRule + "DatoreLavoroDomestico"
	case SameEmployer:
		return comonlRule + "DatoreDiLavoroPrecedente_VD"
	case ProspettoTipo:
		return inComonl + "ComonlConstants; che il codice precedente sia necessario è dedotto"
	case UrgencyBlank:
		return inComonl + "ValidatorComunicazioneUrgenza"
	}
	return contractReadIn(c)
}

// contractReadIn is readIn of the rules of relationships.
func contractReadIn(c Code) string {
	const contract = comonlRule + "RapportoLavoro"
	switch c {
	case ContractInForce:
		return contract + "Assunzione e Cessazione"
	case Duration, EndDate, SeasonalType, FarmFields, Member, PatForm, SecondWorker, SecurityNumber, Incentives:
		return contract + "Assunzione"
	case WeeklyHours:
		return inComonl + "ControlloAstratto"
	case GradeAndPay, Agreement, TraineeshipAgreement:
		return contract + "Assunzione; " + inSil + "ControlliDecreto"
	case Compulsory, TrainingEnd:
		return inComonl + "ControlloDatiRapportoMetodiRegoleComuni"
	case PermanentExtended, TrainingConfused:
		return inSil + "ControlliDecreto"
	case ExtensionEnd:
		return contract + "Proroga"
	case TransformationDate, TransformationContract, TransformationHours, TransformationPublic, TransferData,
		SecondmentData, TransformationTrainee, TrainingOver, OldApprenticeship, IntoApprenticeship:
		return contract + "Trasformazione"
	case Termination, PublicCause, ApprenticeCause:
		return contract + "Cessazione"
	case TraineeshipData, OwnPromoter, TraineeshipLong:
		return contract + "Tirocinio"
	case TraineeshipCategory:
		return inSil + "ControlliDecreto2014"
	case TrainingLong:
		return inSil + "ControlloDurataTD"
	case MissionDates, MissionTerms:
		return comonlRule + "Missione_US"
	case AgencyTransformation, VariationCode, AgencyExtension, VariationDate:
		return comonlRule + "Variazione"
	case FormerName, LeaseEnd:
		return comonlRule + "VariazioneOTipoTrasf_VD"
	case TransferredIsEmployer:
		return contract + "Vardatori_VD"
	}
	return ""
}
