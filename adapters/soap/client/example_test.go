package client_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/routing"
)

// exampleHub stands for the hub of a region.
func exampleHub() (address string, stop func()) {
	cfg := soap.Config{
		Backend: backend{}, Budget: soap.NewBudget(soap.MaxInFlight), Log: slog.New(slog.DiscardHandler),
		Now: time.Now, PublicURL: "http://localhost",
	}
	for _, r := range routing.Regions() {
		cfg.Endpoints = append(cfg.Endpoints, soap.Endpoint{Region: r, Dialect: soap.National{Kinds: kinds()}})
	}
	h, err := soap.New(cfg)
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(h)
	return server.URL + "/soap/marche", server.Close
}

// A signed communication is sent; its receipt is kept as it came, and read.
func Example() {
	address, stop := exampleHub()
	defer stop()
	hub := client.Client{Address: address}

	signed := []byte(document) // made elsewhere, with a Signature as its root's last child
	answer, err := hub.Submit(context.Background(), "UNILAV", signed)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range answer.Anomalies { // all that is wrong, if it was rejected
		fmt.Println(a.Code, a.Description)
	}
	var receipt client.Ricevuta // of the bytes in answer.Receipt, which is what to keep
	if err := xml.Unmarshal(answer.Receipt, &receipt); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Accepted, *receipt.Tipo, *receipt.Posizione)
	// Output: true accettazione 7
}

// A fault tells what is wrong and whether to send the same again.
func ExampleFault() {
	address, stop := exampleHub()
	defer stop()
	hub := client.Client{Address: address}

	for _, document := range []string{"<refused/>", "<unavailable/>"} {
		_, err := hub.Submit(context.Background(), "UNILAV", []byte(document))
		var fault *client.Fault
		switch {
		case !errors.As(err, &fault):
			fmt.Println("the outcome is unknown: send the same document again")
		case fault.RetryAfter > 0:
			fmt.Println("send it again after", fault.RetryAfter)
		default:
			fmt.Println("mend it first:", fault.Errors[0].Code, fault.Errors[0].Remedy != "")
		}
	}
	// Output:
	// mend it first: DUP-01 true
	// send it again after 10s
}

// The receipts of a document are there for whoever has its code and its digest.
func ExampleClient_Receipts() {
	address, stop := exampleHub()
	defer stop()
	hub := client.Client{Address: address}

	receipts, err := hub.Receipts(context.Background(), "1100125000000001", digest)
	fmt.Println(len(receipts), err)
	// Output: 2 <nil>
}

// Echo tells whether the service is there (RAC_SOAP_004).
func ExampleClient_Echo() {
	address, stop := exampleHub()
	defer stop()
	hub := client.Client{Address: address}

	fmt.Println(hub.Echo(context.Background(), "ci siete?"))
	// Output: ci siete? <nil>
}
