package soap

import (
	"errors"
	"net/http"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// How long a caller is asked to wait, by Retry-After.
const (
	retryOverload    = 2 * time.Second  // bytes in flight are freed within seconds
	retryUnavailable = 10 * time.Second // a store or a broker takes longer
)

// problemOf is the one mapping from our errors to faults. What the backend
// could not do is told as one opaque fault that promises nothing; only a
// receipt that does not exist is the caller's matter. A *hub.TryLater has a
// fault that may be told; it is no Client fault, for the same message may be
// sent again (SOAP 1.1, section 4.4.1).
func problemOf(err error) *hub.Problem {
	var later *hub.TryLater
	if errors.As(err, &later) {
		return &hub.Problem{Fault: later.Fault, RetryAfter: max(later.After, 1), Quota: later.Quota}
	}
	if errors.Is(err, ledger.ErrNotFound) {
		return refuse(&fault.Fault{Code: fault.ReceiptNotFound})
	}
	return &hub.Problem{
		Fault:      fault.Fault{Code: fault.ServiceUnavailable},
		RetryAfter: retryUnavailable,
	}
}

// internal is the problem of a defect of ours.
func internal() *hub.Problem {
	return &hub.Problem{Fault: fault.Fault{Code: fault.InternalTrouble}}
}

// refused is the problem of a submission whose signature was refused: no
// receipt, the faults in the detail.
func refused(faults fault.List) *hub.Problem {
	if len(faults) == 0 {
		return internal()
	}
	return &hub.Problem{Sender: true, Fault: faults[0], Faults: faults[1:]}
}

// faultStatus is the HTTP status of a fault: 500 (SOAP 1.1, section 6.2) but for
// what HTTP itself has a status for: 429 for a sender's excess (RFC 6585,
// section 4), else 503 wherever Retry-After goes.
func faultStatus(p hub.Problem) int {
	if p.Fault.Code == fault.TooManyRequests {
		return http.StatusTooManyRequests
	}
	if p.RetryAfter > 0 {
		return http.StatusServiceUnavailable
	}
	switch p.Fault.Code {
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.MediaType, fault.CompressedBody:
		return http.StatusUnsupportedMediaType
	case fault.BodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.BodyIncomplete:
		return http.StatusRequestTimeout
	case fault.UnknownPath:
		return http.StatusNotFound
	case fault.ForwardedRefused, fault.NotLoopback, fault.NoCertificate, fault.ForeignCertificate:
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}
