// Package probe is the conformance kit of a region: it plays the tables of cases
// against a hub, and judges a region's own messages by a rehearsal of a hub without a
// ledger. What it finds it gives to adapters/probe, which has the report's form. Of
// its siblings it imports sample and sender, to make what it sends, node, to rehearse
// one, and verb; none but the program imports it.
package probe

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Cmd is the conformance kit of a region. With --url it plays good and bad
// messages against a hub; with files it judges a region's own messages offline.
type Cmd struct {
	URL     string        `name:"url" help:"Endpoint to play against: http://HOST/soap/REGION. Without it the files are judged, offline." placeholder:"URL"`
	Dialect []string      `help:"What to play: national, egov, piemonte, modi, saml; several with commas." enum:"national,egov,piemonte,modi,saml" default:"national"`
	Writes  string        `help:"How far cases may leave entries in the hub: nothing, refusals, rejections, acceptances." enum:"nothing,refusals,rejections,acceptances" default:"nothing"`
	Cert    string        `help:"Certificate of a signer whom the hub trusts, and its authorities'." type:"path" placeholder:"PEM"`
	Key     string        `help:"The signer's key, PKCS #8." type:"path" placeholder:"PEM"`
	ModI    modiFlags     `embed:"" prefix:"modi-"`
	SAML    samlFlags     `embed:"" prefix:"saml-"`
	Seal    string        `help:"Certificate of the seal of receipts, or of its authority." type:"path" placeholder:"PEM"`
	Data    string        `help:"Take all of these from the development authority of a hub's data folder." type:"path" placeholder:"DIR"`
	CA      string        `name:"ca" help:"Authorities of the server's certificate." type:"path" placeholder:"PEM"`
	Client  string        `name:"client-cert" help:"Certificate of the connection, and its authorities': the system that a channel knows." type:"path" placeholder:"PEM"`
	Secret  string        `name:"client-key" help:"Its key, PKCS #8." type:"path" placeholder:"PEM"`
	Timeout time.Duration `help:"Longest wait for one answer." default:"30s"`

	To        string `help:"Endpoint that messages signed by ModI and assertions are for; if not given, the URL, and any for files." placeholder:"URL"`
	Trust     string `help:"Files: authorities of the signers." type:"path" placeholder:"PEM"`
	At        string `help:"Files: instant of reception to judge by, RFC 3339; now if not given." placeholder:"INSTANT"`
	Standards string `help:"Files: folder of a pack to put over the program's own." type:"path" placeholder:"DIR"`

	Region  string   `help:"Region that messages are sent to, if neither URL nor message tells." enum:",piemonte,marche,lazio" default:""`
	Channel bool     `help:"The region admits unsigned documents from this caller."`
	HTML    string   `name:"html" help:"Write the report as one page, too." type:"path" placeholder:"FILE"`
	All     bool     `help:"Tell of checks that held in full, too."`
	JSON    bool     `help:"Print one JSON object."`
	Files   []string `arg:"" optional:"" help:"Messages to judge: SOAP envelopes, HTTP requests as they went over the wire, documents, zips of these, or folders." type:"path"`
}

// modiFlags are the flags about messages signed by ModI.
type modiFlags struct {
	Cert  string `help:"Certificate of a system whose messages the hub trusts, and its authorities'." type:"path" placeholder:"PEM"`
	Key   string `help:"The system's key, PKCS #8." type:"path" placeholder:"PEM"`
	Trust string `help:"Authorities of the hub's answers; files: of the systems that sign messages." type:"path" placeholder:"PEM"`
}

// samlFlags are the flags about assertions of persons.
type samlFlags struct {
	Cert     string `help:"Certificate of an issuer of assertions whom the hub trusts." type:"path" placeholder:"PEM"`
	Key      string `help:"The issuer's key, PKCS #8." type:"path" placeholder:"PEM"`
	Issuer   string `help:"The issuer's name, as the hub's configuration has it." placeholder:"ID"`
	Audience string `help:"Whom assertions are for; if not given, the endpoint." placeholder:"ID"`
}

// Run plays or judges and prints the report, which names program. It ends with
// verb.ErrFinding if a check failed, or if none could be made, and with verb.ErrUsage
// if the flags do not fit together.
func (c Cmd) Run(ctx context.Context, con verb.Console, program verb.Release) error {
	if (c.URL == "") == (len(c.Files) == 0) {
		return fmt.Errorf("give either --url or files to judge: %w", verb.ErrUsage)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	var report probe.Report
	if c.URL != "" {
		report, err = c.played(ctx, rome)
	} else {
		report, err = c.judged(ctx, con, rome)
	}
	if err != nil {
		return err
	}
	report.Program = strings.TrimSpace("snodo " + string(program))
	if err := c.print(con.Out, report); err != nil {
		return err
	}
	if !report.Score().Whole() {
		return verb.ErrFinding
	}
	return nil
}

// print writes the report, and then the page: if that cannot be written, what was
// found is not lost.
func (c Cmd) print(out io.Writer, report probe.Report) error {
	write := func(out io.Writer) error { return report.Text(out, c.All) }
	if c.JSON {
		write = report.JSON
	}
	if err := write(out); err != nil || c.HTML == "" {
		return err
	}
	page, err := os.Create(c.HTML)
	if err != nil {
		return fmt.Errorf("write --html: %w", err)
	}
	if err := report.HTML(page); err != nil {
		_ = page.Close()
		return err
	}
	if err := page.Close(); err != nil {
		return fmt.Errorf("write --html: %w", err)
	}
	return nil
}

// played plays each dialect against the hub.
func (c Cmd) played(ctx context.Context, rome *time.Location) (probe.Report, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return probe.Report{}, fmt.Errorf("--url: want http://HOST/soap/REGION: %w", verb.ErrUsage)
	}
	kit, err := c.kit()
	if err != nil {
		return probe.Report{}, err
	}
	serial, err := newSerial()
	if err != nil {
		return probe.Report{}, err
	}
	report := probe.Report{
		Title: "Prova di conformità di un nodo", Subject: c.URL, Instant: time.Now().In(rome).Truncate(time.Second),
		Notes: c.notes(),
	}
	for i, dialect := range c.dialects() {
		p := c.play(ctx, kit, dialect, u, rome)
		p.serial = serial + 1000*i
		p.sampler = sample.Maker{Region: c.regionOf(u, dialect), Day: time.Now().In(rome).Truncate(time.Second), Serial: p.serial}
		_, wrong, err := p.xmlAt(p.url + "?wsdl")
		if err != nil {
			return report, unreached(err) // nobody is there: no verdict on anybody
		}
		checks, err := p.play(testCases())
		if err != nil {
			return report, err
		}
		report.Parts = append(report.Parts, probe.Part{Name: dialect, About: aboutDialect(dialect), Notes: misplaced(dialect, wrong, checks), Checks: checks})
	}
	return report, nil
}

// misplaced tells of failures that one wrong flag explains: no hub at the address, or
// one that does not speak the dialect there, as its simplest case shows.
func misplaced(dialect, wrong string, checks []probe.Check) []string {
	if wrong != "" {
		return []string{"a questo indirizzo non c'è il WSDL di un nodo (" + wrong + "): controllare prima --url, http://HOST/soap/REGIONE"}
	}
	simplest, code := "eco", fault.MustUnderstand
	if dialect == playPiemonte {
		simplest, code = "spicom-viva", fault.UnknownOperation
	}
	for _, c := range checks {
		if c.ID == simplest && c.Verdict == probe.Failed && strings.Contains(c.Got, string(code)) {
			return []string{"a questo indirizzo il nodo non riconosce i messaggi di questo dialetto: controllare prima --dialect e la regione di --url"}
		}
	}
	return nil
}

// dialects are those asked for, each once.
func (c Cmd) dialects() (list []string) {
	for _, d := range c.Dialect {
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// notes say what the run may leave, first of all.
func (c Cmd) notes() []string {
	if c.Writes == Traces()[leavesNothing] {
		return []string{"sono eseguite solo le prove che non lasciano voci nel registro del nodo; per le altre: --writes"}
	}
	most := trace(slices.Index(Traces(), c.Writes))
	return []string{"le prove possono lasciare nel nodo al più " + most.String()}
}

func (c Cmd) play(ctx context.Context, kit *kit, dialect string, u *url.URL, rome *time.Location) *player {
	b, _ := envelope.BindingOfKind(co.UNILAV)
	return &player{
		ctx: ctx, url: u.String(), to: cmp.Or(c.To, u.String()), dialect: dialect, kit: kit, rome: rome, timeout: c.Timeout, unilav: b,
		most: trace(slices.Index(Traces(), c.Writes)),
		web: &http.Client{
			Timeout: c.Timeout,
			Transport: &http.Transport{
				Proxy: http.ProxyFromEnvironment, TLSClientConfig: kit.clientTLS(), ExpectContinueTimeout: c.Timeout,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// regionOf is the region whose workplaces samples have.
func (c Cmd) regionOf(u *url.URL, dialect string) string {
	if c.Region != "" {
		return c.Region
	}
	if slug, ok := regionInPath(u.Path); ok {
		return slug
	}
	switch dialect {
	case playPiemonte:
		return "piemonte"
	case playEGov:
		return "marche"
	}
	return "lazio"
}

// regionInPath is the region that an endpoint's path names.
func regionInPath(path string) (string, bool) {
	if strings.HasSuffix(path, soap.RouterSuffix) {
		return "piemonte", true
	}
	_, slug, _ := strings.Cut(path, soap.EndpointPath)
	r, ok := routing.RegionBySlug(slug)
	return r.Slug, ok
}

func aboutDialect(dialect string) string {
	switch dialect {
	case playEGov:
		return "servizio nazionale in busta SPCoop e-Gov (Marche)"
	case playPiemonte:
		return "SPICOM, chiamate RPC/encoded dei sistemi del Piemonte"
	case playModI:
		return "servizio nazionale in messaggi firmati secondo ModI"
	case playSAML:
		return "servizio nazionale con l'asserzione SAML della persona (Lazio: SPID o CIE; Marche: PIN)"
	}
	return "servizio nazionale (comobbl), document/literal"
}
