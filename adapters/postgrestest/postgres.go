// Package postgrestest gives tests a PostgreSQL: databases of their own on the
// server that SNODO_TEST_POSTGRES names, and servers of their own where a test
// must restart or fill one. Only tests import it.
//
// It owns how a server is found, started and stopped. It must not know any
// schema.
package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the variable with the URL of a superuser.
const Env = "SNODO_TEST_POSTGRES"

// Database makes a database and gives its URL; it goes when the test ends. The
// test is skipped where there is no server.
func Database(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Env)
	if server == "" {
		t.Skipf("%s is not set: `.ci/postgres start DIR` starts a server and prints it", Env)
	}
	return DatabaseOn(t, server, "")
}

// DatabaseOn is Database on a given server; a template is the name of a
// database to copy, which nobody uses meanwhile.
func DatabaseOn(t testing.TB, server, template string) string {
	t.Helper()
	name := "snodo_test_" + rand.Text()
	if template == "" {
		template = "template0"
	}
	Exec(t, server, fmt.Sprintf(`CREATE DATABASE "%s" TEMPLATE "%s"`, name, template))
	t.Cleanup(func() { Exec(t, server, fmt.Sprintf(`DROP DATABASE IF EXISTS "%s" WITH (FORCE)`, name)) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("the server's URL cannot be read") // it may hold a password
	}
	u.Path = "/" + name
	return u.String()
}

// Name is the name of a URL's database.
func Name(t testing.TB, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal("the database's URL cannot be read")
	}
	return u.Path[1:]
}

// Exec runs statements on a connection of their own, which a test's end does
// not cancel.
func Exec(t testing.TB, databaseURL string, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
