package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// Quantiles of a time, in milliseconds.
type Quantiles struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
}

// quantilesOf sorts the times. Each quantile is the smallest time that at least
// that share of all does not exceed; zero without any.
func quantilesOf(times []time.Duration) Quantiles {
	slices.Sort(times)
	at := func(q float64) float64 {
		if len(times) == 0 {
			return 0
		}
		n := max(int(math.Ceil(q*float64(len(times)))), 1)
		return rounded(times[n-1].Seconds()*1000, 2)
	}
	return Quantiles{P50: at(0.5), P99: at(0.99), P999: at(0.999)}
}

// rounded to a number of decimals.
func rounded(x float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(x*scale) / scale
}

// Figures are what a benchmark measures. Rates, latencies and processor
// time are those of the measured window.
type Figures struct {
	// AcceptedPerS is accepted and registered: the lesser of the two rates,
	// accepted by the answers, registered by the national totals.
	AcceptedPerS float64 `json:"accepted_per_s"`
	// AnswerMS counts from the instant at which the submission was due.
	AnswerMS Quantiles `json:"answer_ms"`
	// RegisteredMS counts from the same instant to the answer that holds the
	// receipt of registration, on a sample; an upper bound by some 10 ms.
	RegisteredMS Quantiles `json:"registered_ms"`
	// CPUPerAccepted is the server's processor time over the lesser of
	// accepted and registered, in microseconds.
	CPUPerAccepted float64 `json:"cpu_us_per_accepted"`
	Floor          float64 `json:"floor_us"`
	Ratio          float64 `json:"ratio"`  // CPUPerAccepted over Floor
	RSS            float64 `json:"rss_mb"` // peak, in units of 2^20 bytes
	Backlog        int64   `json:"backlog"`
}

// Run is one run: its own figures, and the accounts that make it valid or not.
type Run struct {
	Run int `json:"run"`
	Figures
	Answered    float64  `json:"answers_accepting_per_s"`
	Registered  float64  `json:"registered_per_s"`
	Accepted    int64    `json:"accepted"`     // in all, as the sender counts
	InLedger    int64    `json:"in_ledger"`    // accepted in the ledger
	InRegister  int64    `json:"in_register"`  // registered and receipted in the ledger
	National    int64    `json:"national"`     // the national totals' count
	NotAccepted int64    `json:"not_accepted"` // answered otherwise, or not at all
	TurnedAway  int64    `json:"turned_away"`  // under overload: answered 503 with Retry-After
	Offered     float64  `json:"offered_per_s"`
	Samples     int      `json:"samples"` // behind registered_ms
	AtClose     int64    `json:"backlog_at_end_of_load"`
	DrainMS     int64    `json:"drain_ms"`
	ClientCores float64  `json:"client_cores"` // that the load itself used
	ServerCores float64  `json:"server_cores"`
	Synchronous string   `json:"synchronous"` // as the database reads it back
	Verified    bool     `json:"ledger_verified"`
	Problems    []string `json:"problems"` // Italian; none in a valid run
}

// Result is what `bench --json` prints. Its own figures are the median of
// each over the runs; rss_mb and backlog are the largest.
type Result struct {
	Figures
	Valid       bool       `json:"valid"` // no run has a problem
	Machine     string     `json:"machine"`
	Parts       string     `json:"parts"`       // what the server stands on; rss_mb and processor time are the server's alone
	FileSystem  string     `json:"file_system"` // of the data folders
	Dialect     string     `json:"dialect"`
	Rate        float64    `json:"rate"` // per second; 0 is saturation
	Connections int        `json:"connections"`
	WarmupS     float64    `json:"warmup_s"`
	DurationS   float64    `json:"duration_s"`
	Documents   corpusSize `json:"document_bytes"` // before they are signed
	Runs        []Run      `json:"runs"`
}

// corpusSize are sizes of documents.
type corpusSize struct {
	Smallest int `json:"smallest"`
	Mean     int `json:"mean"`
	Largest  int `json:"largest"`
}

// summarise fills in the figures of all runs.
func (r *Result) summarise() {
	over := func(get func(Run) float64) float64 {
		var all []float64
		for _, run := range r.Runs {
			all = append(all, get(run))
		}
		return median(all)
	}
	times := func(get func(Run) Quantiles) Quantiles {
		return Quantiles{
			P50:  over(func(b Run) float64 { return get(b).P50 }),
			P99:  over(func(b Run) float64 { return get(b).P99 }),
			P999: over(func(b Run) float64 { return get(b).P999 }),
		}
	}
	r.Figures = Figures{
		AcceptedPerS:   over(func(b Run) float64 { return b.AcceptedPerS }),
		AnswerMS:       times(func(b Run) Quantiles { return b.AnswerMS }),
		RegisteredMS:   times(func(b Run) Quantiles { return b.RegisteredMS }),
		CPUPerAccepted: over(func(b Run) float64 { return b.CPUPerAccepted }),
		Floor:          over(func(b Run) float64 { return b.Floor }),
		Ratio:          over(func(b Run) float64 { return b.Ratio }),
	}
	r.Valid = true
	for _, run := range r.Runs {
		r.RSS = max(r.RSS, run.RSS)
		r.Backlog = max(r.Backlog, run.Backlog)
		r.Valid = r.Valid && len(run.Problems) == 0
	}
}

// median of some numbers, the mean of the two in the middle if they are even;
// zero of none.
func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(all), cmp.Compare[float64])
	n := len(sorted)
	return rounded((sorted[(n-1)/2]+sorted[n/2])/2, 2)
}

// print writes the result for people.
func (r *Result) print(con verb.Console) error {
	fmt.Fprintf(con.Out, "%s, %s; %s; %s, %d connessioni, %s; documenti di %d-%d byte (in media %d), riscaldamento %g s, misura %g s\n\n",
		r.Machine, r.FileSystem, r.Parts, r.Dialect, r.Connections, rateText(r.Rate),
		r.Documents.Smallest, r.Documents.Largest, r.Documents.Mean, r.WarmupS, r.DurationS)
	w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "prova\taccettate e registrate/s\trisposta p50\tp99\tp99,9 ms\tregistrazione p50\tp99\tp99,9 ms\t"+
		"CPU µs\tminimo µs\trapporto\tMB\tarretrato\t")
	line := func(name string, f Figures) {
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%.0f\t%d\t\n", name, f.AcceptedPerS,
			f.AnswerMS.P50, f.AnswerMS.P99, f.AnswerMS.P999, f.RegisteredMS.P50, f.RegisteredMS.P99, f.RegisteredMS.P999,
			f.CPUPerAccepted, f.Floor, f.Ratio, f.RSS, f.Backlog)
	}
	for _, run := range r.Runs {
		line(fmt.Sprint(run.Run), run.Figures)
	}
	line("mediana", r.Figures)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	fmt.Fprintln(con.Out)
	for _, run := range r.Runs {
		if run.TurnedAway > 0 {
			fmt.Fprintf(con.Out, "prova %d: tentativi %.0f al secondo, respinti con 503 e Retry-After %d\n", run.Run, run.Offered, run.TurnedAway)
		}
		fmt.Fprintf(con.Out, "prova %d: accettate %d, registrate %d, smaltite in %d ms; carico %.2f e server %.2f processori; %d campioni di registrazione; %s\n",
			run.Run, run.Accepted, run.InRegister, run.DrainMS, run.ClientCores, run.ServerCores, run.Samples, run.Synchronous)
		for _, p := range run.Problems {
			fmt.Fprintf(con.Out, "prova %d NON VALIDA: %s\n", run.Run, p)
		}
	}
	return nil
}

func rateText(rate float64) string {
	if rate == 0 {
		return "a saturazione"
	}
	return fmt.Sprintf("%g al secondo", rate)
}
