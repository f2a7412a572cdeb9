package bench

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// The dialects in which the load may speak.
const (
	dialectMarche   = "marche"
	dialectPiemonte = "piemonte"
	dialectLazio    = "lazio"
	dialectSPICOM   = "spicom" // Piemonte's own, unsigned, over a channel
	dialectEGov     = "egov"   // Marche's own: SPCoop's header around the signed binding
	dialectSAML     = "saml"   // Lazio's own: the signed binding under a person's assertion
)

// regionOf is the region whose endpoint a dialect calls.
func regionOf(dialect string) string {
	switch dialect {
	case dialectSPICOM:
		return dialectPiemonte
	case dialectEGov:
		return dialectMarche
	case dialectModI, dialectSAML:
		return dialectLazio
	}
	return dialect
}

// corpusMagic ends a corpus file; another layout gets another one.
const corpusMagic = "snodobc1"

// corpusHead describes a corpus. A corpus file is the bodies one after the
// other, an index of their ends (8 bytes each, big-endian), the head as JSON,
// its length (8 bytes) and corpusMagic.
type corpusHead struct {
	Dialect   string `json:"dialect"`
	Count     int    `json:"count"`
	Smallest  int    `json:"smallest"`  // bytes of a document before it is signed
	Largest   int    `json:"largest"`   // the same
	Mean      int    `json:"mean"`      // the same
	Authority string `json:"authority"` // PEM of the signers' authority, "" if unsigned
	// Made is when the assertions of Lazio's dialect were issued.
	Made time.Time `json:"made,omitzero"`
}

// corpus is the load of a benchmark: request bodies ready to be sent, each with
// a worker, an employer and a signature of its own. Safe for concurrent use.
type corpus struct {
	corpusHead
	file *os.File
	ends []int64
}

// body appends the n-th request body to dst.
func (c *corpus) body(dst []byte, n int) ([]byte, error) {
	start := int64(0)
	if n > 0 {
		start = c.ends[n-1]
	}
	size := int(c.ends[n] - start)
	dst = append(dst, make([]byte, size)...)
	if _, err := c.file.ReadAt(dst[len(dst)-size:], start); err != nil {
		return nil, fmt.Errorf("read corpus: %w", err)
	}
	return dst, nil
}

// size is the length of the n-th body in bytes.
func (c *corpus) size(n int) int {
	if n == 0 {
		return int(c.ends[0])
	}
	return int(c.ends[n] - c.ends[n-1])
}

func (c *corpus) close() error { return c.file.Close() }

// openCorpus opens a corpus file.
func openCorpus(path string) (*corpus, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	c := &corpus{file: f}
	if err := c.readHead(); err != nil {
		return nil, errors.Join(fmt.Errorf("open corpus %s: %w", path, err), f.Close())
	}
	return c, nil
}

func (c *corpus) readHead() error {
	info, err := c.file.Stat()
	if err != nil {
		return err
	}
	tail := make([]byte, 16)
	end := info.Size() - int64(len(tail))
	if end < 0 {
		return errors.New("not a corpus")
	}
	if _, err := c.file.ReadAt(tail, end); err != nil {
		return err
	}
	length := int64(binary.BigEndian.Uint64(tail))
	if string(tail[8:]) != corpusMagic || length <= 0 || length > end {
		return errors.New("not a corpus of this version")
	}
	head := make([]byte, length)
	if _, err := c.file.ReadAt(head, end-length); err != nil {
		return err
	}
	if err := json.Unmarshal(head, &c.corpusHead); err != nil {
		return err
	}
	index := make([]byte, 8*c.Count)
	if _, err := c.file.ReadAt(index, end-length-int64(len(index))); err != nil {
		return err
	}
	for at := 0; at < len(index); at += 8 {
		c.ends = append(c.ends, int64(binary.BigEndian.Uint64(index[at:])))
	}
	return nil
}

// corpusMaker makes a corpus on all cores.
type corpusMaker struct {
	dialect  string
	count    int
	signers  int            // how many people sign, in turn
	gateway  *xmlsig.Sealer // issues assertions; nil but for Lazio's dialect
	now      time.Time
	rome     *time.Location
	progress func(done, of int)
	system   *xmlsig.Sealer // signs the messages of ModI; write makes it
}

// made is one body and the size of its document before it was signed.
type made struct {
	body []byte
	size int
}

// corpusBlock is how many bodies a core makes at a time.
const corpusBlock = 256

// write makes the corpus file at path, synced, replacing what is there.
func (m corpusMaker) write(ctx context.Context, path string) (err error) {
	head := corpusHead{Dialect: m.dialect, Count: m.count}
	signers, err := m.issue(&head)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	var index []byte
	at, total := uint64(0), 0
	err = m.each(ctx, signers, func(one made) error {
		if _, err := out.Write(one.body); err != nil {
			return fmt.Errorf("write corpus: %w", err)
		}
		at += uint64(len(one.body))
		index = binary.BigEndian.AppendUint64(index, at)
		total += one.size
		head.Largest = max(head.Largest, one.size)
		if head.Smallest == 0 || one.size < head.Smallest {
			head.Smallest = one.size
		}
		return nil
	})
	if err != nil {
		return err
	}
	head.Mean = total / max(m.count, 1)
	text, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	index = append(index, text...)
	index = append(binary.BigEndian.AppendUint64(index, uint64(len(text))), corpusMagic...)
	if _, err := out.Write(index); err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	if err := errors.Join(out.Flush(), f.Sync()); err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	return nil
}

// issue makes the signers and the authority that a server must trust for them.
func (m *corpusMaker) issue(head *corpusHead) ([]*sender.Signer, error) {
	if m.dialect == dialectSPICOM {
		return nil, nil
	}
	authority, err := xmlsig.NewAuthority("Snodo: autorità delle misure", m.now)
	if err != nil {
		return nil, err
	}
	head.Authority = string(xmlsig.EncodeCertificates(authority.Certificate))
	if m.dialect == dialectModI {
		if m.system, err = newSystem(authority, m.now); err != nil {
			return nil, err
		}
	}
	if m.dialect == dialectSAML {
		head.Made = m.now
		if m.gateway, err = sender.NewGateway(authority, m.now); err != nil {
			return nil, err
		}
	}
	signers := make([]*sender.Signer, m.signers)
	g := new(errgroup.Group)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range signers {
		g.Go(func() error {
			key, err := xmlsig.NewPersonKey()
			if err != nil {
				return err
			}
			leaf, err := authority.IssuePerson(sample.Invent(1_900_000+i).CodiceFiscale(), key.Public(), m.now)
			if err != nil {
				return err
			}
			sealer, err := xmlsig.NewSealer(key, []*x509.Certificate{leaf})
			signers[i] = &sender.Signer{Sealer: sealer}
			return err
		})
	}
	return signers, g.Wait()
}

// each makes all bodies on all cores and yields them in order.
func (m corpusMaker) each(ctx context.Context, signers []*sender.Signer, yield func(made) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	cores := runtime.GOMAXPROCS(0)
	blocks := make(chan chan []made, cores)
	g.Go(func() error {
		defer close(blocks)
		for first := 0; first < m.count; first += corpusBlock {
			block := make(chan []made, 1)
			select {
			case blocks <- block:
			case <-ctx.Done():
				return ctx.Err()
			}
			g.Go(func() error {
				bodies, err := m.block(first, min(first+corpusBlock, m.count), signers)
				block <- bodies
				return err
			})
		}
		return nil
	})
	done := 0
	for block := range blocks {
		for _, one := range <-block {
			if err := yield(one); err != nil {
				cancel()
				return errors.Join(err, ignoreCanceled(g.Wait()))
			}
			done++
		}
		m.progress(done, m.count)
	}
	return g.Wait()
}

// ignoreCanceled drops the error of having been told to stop.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (m corpusMaker) block(first, end int, signers []*sender.Signer) ([]made, error) {
	s := sample.Maker{Region: regionOf(m.dialect), Day: m.now.In(m.rome).Truncate(time.Second)}
	var bodies []made
	for n := first; n < end; n++ {
		one, err := m.one(s, n, signers)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, one)
	}
	return bodies, nil
}

func (m corpusMaker) one(s sample.Maker, n int, signers []*sender.Signer) (made, error) {
	c := sample.VariedHiring(s, n)
	if m.dialect == dialectSPICOM {
		payload, err := sample.SPICOMPayload(c, int64(n+1), m.rome)
		if err != nil {
			return made{}, err
		}
		body, err := sender.SPICOMEnvelope(payload)
		return made{body, len(payload)}, err
	}
	document, err := transform.Encode(c)
	if err != nil {
		return made{}, fmt.Errorf("write document: %w", err)
	}
	if document, err = sample.Indented(document, n); err != nil {
		return made{}, err
	}
	signed, err := signers[n%len(signers)].Sealer.Seal(document)
	if err != nil {
		return made{}, err
	}
	if m.dialect == dialectEGov {
		b, _ := envelope.BindingOfKind(co.UNILAV)
		header := envelope.AppendEGov(nil, sender.EGovHeader(b, n%envelope.MaxSerial, s.Day))
		return made{b.AppendRequest(nil, header, signed), len(document)}, nil
	}
	body := sender.NationalEnvelope(signed)
	switch {
	case m.dialect == dialectModI:
		body, err = signedMessage(m.system, body)
	case m.gateway != nil:
		body, err = m.asserted(body, n)
	}
	return made{body, len(document)}, err
}
