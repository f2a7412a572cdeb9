package fault

// The faults of mass submission. MAS-01 to MAS-09 end the call, nothing of it
// was processed; MAS-10 to MAS-19 speak of one file of the archive and leave the
// others alone; MAS-20 is a file whose turn did not come.
const (
	ArchiveUnreadable Code = "MAS-01"
	ArchiveEntries    Code = "MAS-02"
	ArchiveTotal      Code = "MAS-03"
	ArchiveEmpty      Code = "MAS-04"

	FileName     Code = "MAS-10"
	FileType     Code = "MAS-11"
	FileNested   Code = "MAS-12"
	FileEncrypt  Code = "MAS-13"
	FileMethod   Code = "MAS-14"
	FileTooLarge Code = "MAS-15"
	FileDamaged  Code = "MAS-16"
	FileTwice    Code = "MAS-17"

	FileNotReached Code = "MAS-20"
)

// Sources of the rules of this family. The original front end bounds size,
// number and names of the files (domain page geco.md, section 10) but the values
// are settings of its own database; ours are in adapters/piemonte/DESIGN.md.
const (
	massLimits = "Snodo, limiti dell'invio massivo"
	massGeco   = "GeCo, invio massivo (CMX-VAL-E-0008)"
	zipFormat  = "Formato ZIP (APPNOTE.TXT)"
)

// massEntries are the faults of mass submission.
func massEntries() []Entry { return append(archiveEntries(), fileEntries()...) }

func archiveEntries() []Entry {
	return []Entry{
		{
			Code: ArchiveUnreadable, Stage: StageBusta, Anomalia: "0000",
			Text:   "L'archivio non è un file ZIP leggibile.",
			Source: zipFormat + "; " + massLimits,
			Remedy: "Creare un archivio ZIP semplice (né ZIP64, né in più parti, né autoestraente) e inviarlo intero, in Base64.",
		},
		{
			Code: ArchiveEntries, Stage: StageBusta, Anomalia: "0000",
			Text:   "L'archivio contiene troppi file.",
			Source: massLimits + "; GeCo, invio massivo (CMX-VAL-E-0007)",
			Remedy: "Dividere le comunicazioni in più archivi di al massimo 1000 file.",
		},
		{
			Code: ArchiveTotal, Stage: StageBusta, Anomalia: "0000",
			Text:   "I file dell'archivio sono troppo grandi nel loro insieme.",
			Source: massLimits,
			Remedy: "Dividere le comunicazioni in più archivi, ciascuno di al massimo 32 MiB dopo la decompressione.",
		},
		{
			Code: ArchiveEmpty, Stage: StageBusta, Anomalia: "0000",
			Text:   "L'archivio non contiene alcun file.",
			Source: "GeCo, invio massivo (CMX-VAL-E-0002)",
			Remedy: "Mettere nell'archivio almeno un file XML.",
		},
	}
}

func fileEntries() []Entry {
	return []Entry{
		{
			Code: FileName, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il nome del file nell'archivio non è ammesso.",
			Source: massLimits,
			Remedy: "Usare nomi di al massimo 255 byte, relativi, con al massimo quattro cartelle, senza \"..\", barre rovesciate, due punti o caratteri di controllo, che non iniziano con un punto; niente collegamenti.",
		},
		{
			Code: FileType, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file dell'archivio non ha un nome che finisce in «.xml».",
			Source: massGeco,
			Remedy: "Mettere nell'archivio solo documenti XML con quel finale; la firma sta dentro il documento, le buste P7M non servono più.",
		},
		{
			Code: FileNested, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file contiene un altro archivio.",
			Source: massGeco,
			Remedy: "Mettere i documenti direttamente nell'archivio, non compressi una seconda volta.",
		},
		{
			Code: FileEncrypt, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file dell'archivio è cifrato.",
			Source: massLimits,
			Remedy: "Creare l'archivio senza password: il canale è già protetto.",
		},
		{
			Code: FileMethod, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file dell'archivio è compresso con un metodo non ammesso.",
			Source: massLimits,
			Remedy: "Usare il metodo normale di compressione (deflate) o nessuna compressione.",
		},
		{
			Code: FileTooLarge, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file decompresso supera la dimensione massima di un documento.",
			Source: sourceBytes,
			Remedy: "Inviare documenti di al massimo 4 MiB.",
		},
		{
			Code: FileDamaged, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file dell'archivio è danneggiato: i dati non corrispondono a dimensione o CRC dichiarati.",
			Source: zipFormat,
			Remedy: "Creare di nuovo l'archivio e inviarlo; gli altri file sono stati elaborati.",
		},
		{
			Code: FileTwice, Stage: StageBusta, Anomalia: "0000",
			Text:   "L'archivio contiene già un file con lo stesso nome.",
			Source: massLimits,
			Remedy: "Dare a ogni file un nome diverso; il primo con quel nome è stato elaborato.",
		},
		{
			Code: FileNotReached, Stage: StageBusta, Anomalia: "0000",
			Text:   "Il file non è stato elaborato nel tempo concesso a una chiamata.",
			Source: sourceNoPromise,
			Remedy: "Inviare di nuovo lo stesso archivio: i file già accettati hanno la stessa ricevuta e l'elaborazione prosegue.",
		},
	}
}
