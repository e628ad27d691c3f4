package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"html"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"quartier/reports/store/storetest"
)

// publicName is the host that the examples of deploy are written for.
const publicName = "quartier.example"

// edge is a reverse proxy that runs with one of the examples.
type edge struct {
	t           *testing.T
	base        string // path
	plain, port string // addresses without and with TLS
	roots       *x509.CertPool
	dir         string
	said        output
	filed       int // reports so far
}

// certificate writes a certificate for publicName and its key.
func (e *edge) certificate() (certificate, key string) {
	e.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		e.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{publicName}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		e.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		e.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	e.roots = x509.NewCertPool()
	e.roots.AppendCertsFromPEM(text)
	certificate, key = e.write("certificate.pem", string(text)), e.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return certificate, key
}

func (e *edge) write(name, text string) string {
	e.t.Helper()
	path := filepath.Join(e.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		e.t.Fatal(err)
	}
	return path
}

// free gives the address of a port that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// adapted reads an example and puts what differs here in the place of what it says; pairs are old and new. It must say each of them.
func adapted(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	said := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(said, pairs[i]) {
			t.Fatalf("%s does not say %q any more", name, pairs[i])
		}
		said = strings.ReplaceAll(said, pairs[i], pairs[i+1])
	}
	return said
}

// start runs a proxy until the test ends, once it takes connections.
func (e *edge) start(program string, args ...string) {
	e.t.Helper()
	command := exec.Command(program, args...)
	command.Env = append(os.Environ(), "HOME="+e.dir, "XDG_DATA_HOME="+e.dir, "XDG_CONFIG_HOME="+e.dir)
	command.Stdout, command.Stderr = &e.said, &e.said
	if err := command.Start(); err != nil {
		e.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	e.t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		<-ended
		if e.t.Failed() {
			e.t.Logf("%s said: %s", program, &e.said)
		}
	})
	deadline := time.Now().Add(time.Minute)
	for {
		select {
		case err := <-ended:
			ended <- err
			e.t.Fatalf("%s ended with %v: %s", program, err, &e.said)
		case <-time.After(20 * time.Millisecond):
		}
		if answers(e.plain) && answers(e.port) {
			return
		}
		if time.Now().After(deadline) {
			e.t.Fatalf("%s was not ready within a minute: %s", program, &e.said)
		}
	}
}

// answers tells whether somebody takes connections.
func answers(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// behindNginx runs nginx with the example, before a node.
func behindNginx(e *edge, node string) {
	certificate, key := e.certificate()
	location := "location / {"
	if e.base != "" {
		location = "location " + e.base + "/ {"
	}
	site := adapted(e.t, "nginx.conf", "server 127.0.0.1:8080;", "server "+node+";", "    listen 80;\n", "    listen "+e.plain+";\n", "    listen [::]:80;\n", "",
		"    listen 443 ssl http2;\n", "    listen "+e.port+" ssl http2;\n", "    listen [::]:443 ssl http2;\n", "",
		"/etc/letsencrypt/live/quartier.example/fullchain.pem", certificate, "/etc/letsencrypt/live/quartier.example/privkey.pem", key,
		"/var/log/nginx/", e.dir+"/", "    location / {", "    "+location)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n"
	}
	scratch := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		scratch += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, e.dir, kind)
	}
	main := e.write("main.conf", user+"daemon off;\npid "+e.dir+"/pid;\nworker_processes 1;\nevents {}\nhttp {\n"+scratch+"include "+e.write("site.conf", site)+";\n}\n")
	e.start("nginx", "-e", "stderr", "-p", e.dir, "-c", main)
}

// behindCaddy runs Caddy with the example, before a node.
func behindCaddy(e *edge, node string) {
	certificate, key := e.certificate()
	handle := "\thandle {"
	if e.base != "" {
		handle = "\thandle " + e.base + "* {"
	}
	_, plain, _ := strings.Cut(e.plain, ":")
	_, port, _ := strings.Cut(e.port, ":")
	site := adapted(e.t, "Caddyfile", "\nquartier.example {\n", "\nquartier.example {\n\ttls "+certificate+" "+key+"\n\tbind 127.0.0.1\n", "reverse_proxy 127.0.0.1:8080", "reverse_proxy "+node,
		"\thandle {", handle, "\n{\n", "\n{\n\tadmin off\n\thttp_port "+plain+"\n\thttps_port "+port+"\n\tskip_install_trust\n\tservers {\n\t\tprotocols h1 h2\n\t}\n")
	e.start("caddy", "run", "--adapter", "caddyfile", "--config", e.write("Caddyfile", site))
}

// client is a browser at an address of this machine, without following redirects.
func (e *edge) client(from string) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		e.t.Fatal(err)
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: e.roots}, ForceAttemptHTTP2: true, DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := e.port
			if strings.HasSuffix(address, ":80") {
				to = e.plain
			}
			return dialer.DialContext(ctx, network, to)
		}}
	e.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a request and gives its answer with the body; headers come in pairs.
func (e *edge) ask(c *http.Client, method, path string, body string, headers ...string) (*http.Response, string) {
	e.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = "https://" + publicName + e.base + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.Do(r)
	if err != nil {
		e.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		e.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer, string(all)
}

// file files a report by the API, each at another place: many at one would be suspicious.
func (e *edge) file(c *http.Client, headers ...string) int {
	e.t.Helper()
	e.filed++
	answer, _ := e.ask(c, http.MethodPost, "/api/v1/reports", fmt.Sprintf(`{"category":"pothole","title":"Trou","location":{"type":"Point","coordinates":[2.35,%d.5]}}`, e.filed),
		append([]string{"Content-Type", "application/json"}, headers...)...)
	return answer.StatusCode
}

// hidden gives what the forms of a page send unseen.
func hidden(body string) url.Values {
	values := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		values.Set(m[1], html.UnescapeString(m[2]))
	}
	return values
}

// The examples for nginx and Caddy do what they say, at the root of a host and below a path of it.
func TestBehindProxies(t *testing.T) {
	for _, proxy := range []struct {
		program string
		start   func(*edge, string)
	}{{"nginx", behindNginx}, {"caddy", behindCaddy}} {
		for _, base := range []string{"", "/quartier"} {
			t.Run(proxy.program+base, func(t *testing.T) {
				if _, err := exec.LookPath(proxy.program); err != nil {
					t.Skipf("%s is not installed; make test sees to it", proxy.program)
				}
				n := serve(t, "--database", storetest.URL(t), "--filing-limit", "6", "--trusted-proxies", "127.0.0.1", "--public-url", "https://"+publicName+base, "--base-path", base)
				e := &edge{t: t, base: base, plain: free(t), port: free(t), dir: t.TempDir()}
				proxy.start(e, strings.TrimPrefix(n.url, "http://"))
				e.check(n)
			})
		}
	}
}

func (e *edge) check(n *node) {
	t, c := e.t, e.client("127.0.0.2")
	if answer, _ := e.ask(c, http.MethodGet, "http://"+publicName+e.base+"/reports?status=open", ""); answer.StatusCode/100 != 3 ||
		!strings.HasPrefix(answer.Header.Get("Location"), "https://"+publicName) || !strings.HasSuffix(answer.Header.Get("Location"), e.base+"/reports?status=open") {
		t.Errorf("without TLS it answers %d and leads to %q", answer.StatusCode, answer.Header.Get("Location"))
	}

	// A page: by HTTP/2, each header once, with the cookies of TLS.
	page, body := e.ask(c, http.MethodGet, "/reports/new", "", "X-Forwarded-Proto", "http", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example;proto=http")
	if page.StatusCode != http.StatusOK || page.ProtoMajor != 2 || strings.Contains(body, "evil.example") {
		t.Errorf("the form answers %s %d", page.Proto, page.StatusCode)
	}
	for _, header := range []string{"Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Content-Type"} {
		if got := page.Header.Values(header); len(got) != 1 {
			t.Errorf("%s came %d times: %q", header, len(got), got)
		}
	}
	cookies := page.Cookies()
	if len(cookies) != 2 { // of the form, and of the browser whose report it will be
		t.Errorf("the form sets the cookies %v", cookies)
	}
	for _, cookie := range cookies {
		if !cookie.Secure || !strings.HasPrefix(cookie.Name, "__Host-") {
			t.Errorf("the form sets the cookie %v", cookie)
		}
	}

	// A form, and what it leads to.
	sent := hidden(body)
	for name, value := range map[string]string{"category": "pothole", "title": "Trou", "lat": "48.85", "lon": "2.35"} {
		sent.Set(name, value)
	}
	urlencoded := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "https://" + publicName}
	asked, body := e.ask(c, http.MethodPost, "/reports", sent.Encode(), urlencoded...)
	if asked.StatusCode != http.StatusForbidden { // so fast is no person: who does not let his browser work for it waits for a moderator
		t.Errorf("a form that is sent at once answers %d %.200s", asked.StatusCode, body)
	}
	sent = hidden(body)
	sent.Set("proof", "none")
	filed, body := e.ask(c, http.MethodPost, "/reports", sent.Encode(), urlencoded...)
	if filed.StatusCode != http.StatusSeeOther || !strings.HasPrefix(filed.Header.Get("Location"), e.base+"/reports/new/thanks?") {
		t.Errorf("the form answers %d %q %.200s", filed.StatusCode, filed.Header.Get("Location"), body)
	}
	if thanks, body := e.ask(c, http.MethodGet, "https://"+publicName+filed.Header.Get("Location"), ""); thanks.StatusCode != http.StatusOK || !strings.Contains(body, `href="`+e.base+`/"`) {
		t.Errorf("the thanks answer %d", thanks.StatusCode)
	}
	if stranger, _ := e.ask(c, http.MethodPost, "/reports", sent.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example"); stranger.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site answers %d", stranger.StatusCode)
	}

	// Who files counts by the address that the proxy saw, and by nothing that the client says of itself.
	for tries := 0; e.file(c) != http.StatusTooManyRequests; tries++ {
		if tries > 6 {
			t.Fatal("one address may file as it likes")
		}
	}
	for _, headers := range [][]string{nil, {"X-Forwarded-For", "198.51.100.9"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Real-IP", "198.51.100.9"}, {"Forwarded", "for=198.51.100.9"}} {
		if status := e.file(c, headers...); status != http.StatusTooManyRequests {
			t.Errorf("one report too many answers %d with %q", status, headers)
		}
	}
	if status := e.file(e.client("127.0.0.3")); status != http.StatusCreated {
		t.Errorf("a neighbour's first report answers %d", status)
	}

	// What happens is told as it happens.
	e.checkEvents()

	// Tiles come packed and are asked about by their ETags.
	const tile = "/tiles/items/0/0/0.mvt"
	first, body := e.ask(c, http.MethodGet, tile, "", "Accept-Encoding", "gzip")
	tag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || first.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(body, "\x1f\x8b") || !strings.HasPrefix(tag, `"`) {
		t.Errorf("a tile answers %d, %q, %q", first.StatusCode, first.Header.Get("Content-Encoding"), tag)
	}
	for deadline := time.Now().Add(time.Minute); ; { // on a busy machine the node may be behind for a while, and then confirms nothing
		again, _ := e.ask(c, http.MethodGet, tile, "", "Accept-Encoding", "gzip", "If-None-Match", tag)
		if again.StatusCode == http.StatusNotModified {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("the same tile again answers %d", again.StatusCode)
			break
		}
		tag = again.Header.Get("ETag")
	}

	// What is too large is refused in our words.
	large, body := e.ask(c, http.MethodPost, "/api/v1/reports", strings.Repeat("a", 2<<20), "Content-Type", "application/json")
	if large.StatusCode != http.StatusRequestEntityTooLarge || large.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a body of 2 MiB answers %d %.100s", large.StatusCode, body)
	}

	// Addresses for programs are those of the site.
	if document, body := e.ask(c, http.MethodGet, "/tiles/items.json", ""); document.StatusCode != http.StatusOK || !strings.Contains(body, `"https://`+publicName+e.base+`/tiles/items/{z}/{x}/{y}.mvt"`) {
		t.Errorf("TileJSON: %s", body)
	}
	if e.base != "" {
		if _, body := e.ask(c, http.MethodGet, "https://"+publicName+"/reports", ""); strings.Contains(body, "Quartier") {
			t.Error("we answer outside the base path")
		}
	}

	// No key and no search is written down, whether we answer or not.
	e.ask(c, http.MethodGet, "/reports?token=geheim", "", "Referer", "https://"+publicName+"/?token=geheim")
	e.ask(c, http.MethodGet, "/reports?lang=en&status=geheim", "") // which leads on, with the same
	n.stop()
	if resting, _ := e.ask(c, http.MethodGet, "/reports?token=geheim", ""); resting.StatusCode != http.StatusBadGateway {
		t.Errorf("without us it answers %d", resting.StatusCode)
	}
	written := e.said.String()
	logs, err := filepath.Glob(e.dir + "/*.log")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		written += string(text)
	}
	if strings.Contains(written, "geheim") || !strings.Contains(written, e.base+"/reports") {
		t.Errorf("it writes down the keys of addresses, or no requests at all: %s", written)
	}
}

// checkEvents listens while a report is filed.
func (e *edge) checkEvents() {
	e.t.Helper()
	listener := e.client("127.0.0.4")
	ctx, cancel := context.WithTimeout(e.t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+publicName+e.base+"/api/v1/events", nil)
	if err != nil {
		e.t.Fatal(err)
	}
	stream, err := listener.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	filed := false
	for lines.Scan() {
		if !filed && strings.HasPrefix(lines.Text(), "event: here") { // the stream has begun
			filed = true
			if status := e.file(e.client("127.0.0.5")); status != http.StatusCreated {
				e.t.Errorf("filing beside a stream answers %d", status)
			}
		}
		if lines.Text() == "event: change" {
			return
		}
	}
	e.t.Errorf("nothing was told on the stream within half a minute (%d, begun: %v): %v", stream.StatusCode, filed, lines.Err())
}

// systemd understands every line of the unit, and finds little that it could do but what it is for.
func TestUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(dir, "quartier.service")
	if err := os.WriteFile(unit, []byte(adapted(t, "quartier.service", "/usr/local/bin/quartier", program)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("systemd-analyze", "verify", unit).CombinedOutput(); err != nil || strings.Contains(string(said), "quartier.service") {
		t.Errorf("verify: %v %s", err, said)
	}
	if said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=15", unit).CombinedOutput(); err != nil { // in tenths
		t.Errorf("security: %v %s", err, said)
	}
}
