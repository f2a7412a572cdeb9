package probe

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// certificateMargin is how long the server's certificate must still last: the
// time that an administration needs to get another.
const certificateMargin = 30 * 24 * time.Hour

// host is the authority of the endpoint with its port, and whether it speaks TLS.
func (p *player) host() (address, name string, secure bool, err error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return "", "", false, fmt.Errorf("read address: %w", err)
	}
	port := u.Port()
	if secure = u.Scheme == "https"; port == "" {
		port = map[bool]string{true: "443", false: "80"}[secure]
	}
	return net.JoinHostPort(u.Hostname(), port), u.Hostname(), secure, nil
}

// secure gives what a TLS case needs. Without TLS a loopback endpoint has nothing
// to show, and any other one carries personal data in the clear.
func (p *player) secure() (address, name, wrong string, err error) {
	address, name, secure, err := p.host()
	if err != nil || secure {
		return address, name, "", err
	}
	if ip, err := netip.ParseAddr(name); name == "localhost" || err == nil && ip.IsLoopback() {
		return "", "", "", &notApplicable{"l'indirizzo è della macchina stessa, senza TLS"}
	}
	return "", "", "il canale è in chiaro: le comunicazioni sono dati personali", nil
}

// dial makes a connection by TLS alone; verification is judged apart.
func (p *player) dial(address string, settings *tls.Config) (tls.ConnectionState, error) {
	settings.InsecureSkipVerify = true // the certificate is looked at by tlsCertificate
	settings.Certificates = p.kit.clients
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: p.timeout}, Config: settings}
	c, err := d.DialContext(p.ctx, "tcp", address)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer c.Close()
	return c.(*tls.Conn).ConnectionState(), nil
}

func (p *player) tlsVersion() (string, bool, error) {
	address, name, wrong, err := p.secure()
	if err != nil || wrong != "" {
		return wrong, false, err
	}
	state, err := p.dial(address, &tls.Config{ServerName: name, MinVersion: tls.VersionTLS10})
	if err != nil {
		return "", false, fmt.Errorf("connect by TLS: %w", err)
	}
	version := tls.VersionName(state.Version)
	if state.Version < tls.VersionTLS12 {
		return version + " negoziato", false, nil
	}
	if _, err := p.dial(address, &tls.Config{ServerName: name, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		return version + " negoziato, ma TLS 1.1 è ammesso", false, nil
	}
	return version + " negoziato, TLS 1.1 rifiutato", true, nil
}

func (p *player) tlsCertificate() (string, bool, error) {
	address, name, wrong, err := p.secure()
	if err != nil || wrong != "" {
		return wrong, false, err
	}
	state, err := p.dial(address, &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12})
	if err != nil {
		return "", false, fmt.Errorf("connect by TLS: %w", err)
	}
	if len(state.PeerCertificates) == 0 {
		return "nessun certificato", false, nil
	}
	leaf, between := state.PeerCertificates[0], x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err = leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: p.kit.roots, Intermediates: between, CurrentTime: p.kit.now()})
	if err != nil {
		var unknown x509.UnknownAuthorityError
		var named x509.HostnameError
		switch {
		case errors.As(err, &unknown):
			return "autorità non riconosciuta", false, nil
		case errors.As(err, &named):
			return "il certificato è di un altro nome", false, nil
		}
		return "certificato non valido", false, nil
	}
	ends := leaf.NotAfter.In(p.rome).Format("02/01/2006")
	if leaf.NotAfter.Before(p.kit.now().Add(certificateMargin)) {
		return "scade il " + ends, false, nil
	}
	return "catena e nome riconosciuti, scade il " + ends, true, nil
}

// settingsFor are those of a connection made by hand.
func (p *player) settingsFor(name string) *tls.Config {
	settings := p.kit.clientTLS()
	settings.ServerName = name
	return settings
}

// rawHTTP10 sends a message as HTTP/1.0 over a connection of its own and reads to
// its end.
func (p *player) rawHTTP10(m outgoing) ([]byte, error) {
	address, name, secure, err := p.host()
	if err != nil {
		return nil, err
	}
	c, err := (&net.Dialer{Timeout: p.timeout}).DialContext(p.ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(p.timeout)); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if secure {
		c = tls.Client(c, p.settingsFor(name))
	}
	u, err := url.Parse(p.url)
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	var req bytes.Buffer
	fmt.Fprintf(&req, "POST %s HTTP/1.0\r\nHost: %s\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n", u.RequestURI(), u.Host, len(m.body))
	req.Write(m.body)
	if _, err := c.Write(req.Bytes()); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(c, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return raw, nil
}
