package soap

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// exchange is one request on its way through the edge, and what the access log
// says of it.
type exchange struct {
	h       *Handler
	w       http.ResponseWriter
	r       *http.Request
	began   time.Time
	dialect Dialect

	call     hub.Call
	wrote    bool
	soap12   bool               // the request is of SOAP 1.2, and so is its answer
	place    *place             // the endpoint, nil before it is found
	message  *hub.SignedMessage // the request's, once its signature has held
	raw      []byte             // the body as it arrived
	received time.Time          // instant of its last byte

	route     string // the endpoint's own path: callers choose the rest
	operation hub.Operation
	outcome   string // OK, KO or the code of a fault
	position  int64
	bytes     int
	status    int
	err       error
	items     int    // communications of a batch
	repeated  bool   // an earlier receipt was given again
	id        string // of a request under ModI, which its caller has too
	away      bool   // turned away for lack of room
	held      *share // bytes in flight, once the body is there
	turn      pass   // to be in work
}

func (x *exchange) serve() {
	document := x.r.Method == http.MethodGet || x.r.Method == http.MethodHead
	x.soap12 = !document && speaksSOAP12(x.r.Header) // whatever ends it first
	place, ok := x.h.find(x.r.URL.Path)
	if !ok {
		x.dialect = x.h.stranger()
		x.fault(refuse(&fault.Fault{Code: fault.UnknownPath}))
		return
	}
	x.dialect, x.route, x.place = place.Dialect, place.path, place
	if place.ModI != nil {
		x.id = rand.Text()
		x.w.Header().Set("X-Request-Id", x.id)
	}
	if p := place.admit(x.r); p != nil {
		x.fault(p)
		return
	}
	switch {
	case x.r.Method == http.MethodPost:
		x.post(place)
	case document:
		x.document(place)
	default:
		x.fault(refuse(&fault.Fault{Code: fault.MethodNotAllowed}))
	}
}

// document serves the WSDL and the schemas it imports.
func (x *exchange) document(p *place) {
	for key, values := range x.r.URL.Query() {
		var body []byte
		switch {
		case strings.EqualFold(key, "wsdl"):
			body = p.wsdl
		case strings.EqualFold(key, "xsd"):
			body = Schema(values[0])
		}
		if body != nil {
			x.outcome = "OK"
			x.write(hub.Response{Status: http.StatusOK, ContentType: contentType, Body: body})
			return
		}
	}
	x.fault(refuse(&fault.Fault{Code: fault.MethodNotAllowed}))
}

func (x *exchange) post(p *place) {
	if p.Caller != nil {
		if f := p.Caller(x.r); f != nil {
			x.w.Header().Set("Connection", "close") // the body stays unread
			x.fault(refuse(f))
			return
		}
	}
	content, problem := typeOf(x.r.Header)
	if problem != nil {
		x.fault(problem)
		return
	}
	held := share{budget: x.h.cfg.Budget}
	defer held.release()
	if x.crowded() {
		x.turnAway(overload())
		return
	}
	raw, problem := held.read(x.w, x.r, p.most())
	if problem != nil {
		held.release() // what still comes is passed over, and held by nobody
		x.turnAway(problem)
		return
	}
	x.held = &held
	x.bytes = len(raw)
	x.raw, x.received = raw, x.h.cfg.Now().UTC() // whatever the wait: legal terms count from the last byte
	cost, ok := x.cost(len(raw)), false
	if x.turn, ok = held.budget.gate(cost).enter(x.r.Context(), cost); !ok {
		x.turnAway(overload())
		return
	}
	defer x.turn.leave()
	reply, problem := hub.Reply{}, x.open(p, raw, content)
	if problem == nil {
		reply, problem = x.run()
	}
	x.turn.leave() // who reads slowly keeps nobody out
	if problem != nil {
		x.fault(problem)
		return
	}
	x.write(x.dialect.Reply(x.call, reply))
}

// open has the dialect read the body. The evidence of a submission is the body
// as it arrived, unless the dialect has a better one.
func (x *exchange) open(p *place, raw []byte, content contentOf) *hub.Problem {
	body, f := toUTF8(raw, content.charset)
	if f != nil {
		return refuse(f)
	}
	action, problem := actionOf(x.r.Header, content)
	if problem != nil {
		return problem
	}
	req := hub.Request{
		Region:   p.Region,
		Action:   action,
		Body:     body,
		Received: x.received,
		Address:  origin(x.r),
		Envelope: body,
		Channel:  certificateOf(x.r),
		Password: hasPassword(x.r),
	}
	if problem = x.unwrap(&req); problem != nil {
		return problem
	}
	req.Message = x.message
	if p.System != nil && x.message == nil { // else who signed it is the system
		req.System = p.System(x.r)
	}
	if p.Operator != nil && req.System != "" {
		req.Operator = p.Operator(x.r)
	}
	if p.Names != nil {
		req.Names = p.Names(x.r)
	}
	call, problem := p.Dialect.Open(req)
	x.call = call
	if problem != nil {
		return problem
	}
	x.operation = call.Operation
	if call.Token != nil {
		if problem = x.redeem(p.Memory, call.Token, x.received); problem != nil {
			return problem
		}
	}
	if call.Operation == hub.OpSubmit && call.Submission.Evidence == nil {
		x.call.Submission.Evidence = raw
	}
	if !x.held.first(call.Holds) {
		return overload()
	}
	return nil
}

// run has the backend do what the call asks.
func (x *exchange) run() (hub.Reply, *hub.Problem) {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.h.cfg.Timeout)
	defer cancel()
	x.outcome = "OK"
	switch x.call.Operation {
	case hub.OpSubmit:
		return x.submit(ctx)
	case hub.OpSubmitAll:
		return x.submitAll(ctx)
	case hub.OpReceipts:
		receipts, err := x.h.cfg.Backend.Receipts(ctx, x.call.Query)
		if err != nil {
			return hub.Reply{}, x.trouble(err)
		}
		return hub.Reply{Receipts: receipts}, nil
	case hub.OpEcho:
		return hub.Reply{Text: x.call.Text}, nil
	case hub.OpConvert:
		return hub.Reply{}, nil
	case hub.OpAlive:
		return hub.Reply{Healthy: true}, nil
	case hub.OpResources:
		x.err = x.h.cfg.Backend.Ready(ctx)
		return hub.Reply{Healthy: x.err == nil}, nil
	}
	x.err = fmt.Errorf("run call: dialect opened unknown operation %q", x.call.Operation)
	return hub.Reply{}, internal()
}

func (x *exchange) submit(ctx context.Context) (hub.Reply, *hub.Problem) {
	x.call.Submission.Witness = x.call.Submission.Witness || x.message != nil
	answer, err := x.h.cfg.Backend.Submit(ctx, x.call.Submission)
	if err != nil {
		return hub.Reply{}, x.trouble(err)
	}
	x.position, x.repeated = answer.Entry.Position, answer.Repeated
	x.quota(answer.Quota)
	if answer.Refused {
		return hub.Reply{}, refused(answer.Faults)
	}
	if !answer.Accepted {
		x.outcome = "KO"
	}
	return hub.Reply{Answer: answer}, nil
}

// fault answers with a SOAP fault of the dialect.
func (x *exchange) fault(p *hub.Problem) {
	x.outcome = string(p.Fault.Code)
	resp := x.faultResponse(*p)
	head := x.w.Header()
	if p.RetryAfter > 0 {
		head.Set("Retry-After", seconds(p.RetryAfter))
	}
	x.quota(p.Quota)
	if resp.Status == http.StatusMethodNotAllowed {
		head.Set("Allow", "GET, HEAD, POST")
	}
	x.write(resp)
}

// trouble maps an error of a call, which the access log tells of unless it
// is no trouble of ours.
func (x *exchange) trouble(err error) *hub.Problem {
	p := problemOf(err)
	if !p.Sender && p.Fault.Code != fault.TooManyRequests {
		x.err = err
	}
	return p
}

// quota tells the sender's quota in the headers that ModI names (AgID,
// Raccomandazioni di implementazione, RAC_ROBUSTEZZA: X-RateLimit-*, Reset in
// seconds). Without a limit there are none.
func (x *exchange) quota(q hub.Quota) {
	if q.Limit == 0 {
		return
	}
	head := x.w.Header()
	head.Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
	head.Set("X-RateLimit-Remaining", strconv.Itoa(q.Remaining))
	head.Set("X-RateLimit-Reset", seconds(q.Reset))
}

// seconds writes a duration in whole seconds, never too few.
func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// write sends a response whose length is always stated: a client of HTTP/1.0
// reads no chunks, and SPICOM's waits until the connection closes.
func (x *exchange) write(resp hub.Response) {
	resp = x.dress(resp)
	x.wrote, x.status = true, resp.Status
	head := x.w.Header()
	head.Set("Content-Type", resp.ContentType)
	head.Set("Content-Length", strconv.Itoa(len(resp.Body)))
	if !x.r.ProtoAtLeast(1, 1) {
		head.Set("Connection", "close")
	}
	x.w.WriteHeader(resp.Status)
	if _, err := x.w.Write(resp.Body); err != nil && x.err == nil {
		x.err = fmt.Errorf("write answer: %w", err)
	}
}

// end turns a panic into an opaque fault and logs the exchange. The value of a
// panic may hold anything a caller sent, so only its type is logged, or the
// message of the runtime, which holds none.
func (x *exchange) end() {
	var stack string
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler {
			panic(v)
		}
		x.err = fmt.Errorf("panic of type %T", v)
		if e, ok := v.(runtime.Error); ok {
			x.err = fmt.Errorf("panic: %w", e)
		}
		stack = string(debug.Stack())
		if !x.wrote {
			x.fault(internal())
		}
	}
	x.h.cfg.Budget.tell(x.h.cfg.Log, x.away, x.h.cfg.Now())
	if x.away {
		return // storms would fill the log
	}
	attrs := []slog.Attr{
		slog.String("path", x.route),
		slog.String("operation", string(x.operation)),
		slog.String("outcome", x.outcome),
		slog.Int("status", x.status),
		slog.Int("bytes", x.bytes),
		slog.Duration("duration", x.h.cfg.Now().Sub(x.began)),
	}
	level := slog.LevelInfo
	if x.position > 0 {
		attrs = append(attrs, slog.Int64("position", x.position))
	}
	attrs = append(attrs, x.who()...)
	if x.items > 0 {
		attrs = append(attrs, slog.Int("items", x.items))
	}
	if x.err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", x.err.Error()))
	}
	if stack != "" {
		attrs = append(attrs, slog.String("stack", stack))
	}
	x.h.cfg.Log.LogAttrs(x.r.Context(), level, "soap request", attrs...)
}
