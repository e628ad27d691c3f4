package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"quartier/reports/fault"
)

// How long a bucket is waited for.
const (
	tries        = 3                      // of a request that got no answer, or one that says "later"
	pauseBetween = 200 * time.Millisecond // before the second try; each further pause is twice as long
	tryAtMost    = 10 * time.Second
	// longestObject is the most bytes that are read of an answer: no photo of ours is half as long.
	longestObject = 8 << 20
)

// Bucket keeps the files of photos in an object store that speaks S3, under prefix/name of the database's folder/ab/cd/abcd…/card.jpg. Nobody else reads it:
// photos are given out by us alone, by the permission rule.
type Bucket struct {
	base   url.URL // scheme, host and path of the bucket, with a slash at the end
	prefix string  // of keys; empty, or with a slash at the end
	region string
	keys   aws.Credentials

	pause  time.Duration
	client *http.Client
}

// bucketName and keyPrefix are made of what needs no escape in addresses, so that all stores sign them alike.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyPrefix  = regexp.MustCompile(`^([A-Za-z0-9_-]+/)*$`)
	regionName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	errorCode  = regexp.MustCompile(`^[A-Za-z]{1,60}$`)
)

// ParseBucket reads the address of a bucket, s3://key:secret@host/bucket?region=…&path-style=1&tls=0, perhaps with a prefix of keys behind the bucket.
// Without path-style the bucket's name stands before the host. It fails with Invalid, and repeats nothing of the address, which holds a secret.
func ParseBucket(address string) (*Bucket, error) {
	wrong := fault.New(fault.Invalid, "failure.bucket", nil)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Hostname() == "" || u.Fragment != "" {
		return nil, wrong
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, wrong
	}
	setting := map[string]string{"region": "us-east-1", "path-style": "0", "tls": "1"}
	for name, values := range query {
		if _, known := setting[name]; !known || len(values) != 1 {
			return nil, wrong
		}
		setting[name] = values[0]
	}
	name, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	secret, _ := u.User.Password()
	isSwitch := func(text string) bool { return text == "0" || text == "1" }
	if u.User.Username() == "" || secret == "" || !bucketName.MatchString(name) || !keyPrefix.MatchString(prefix) || !regionName.MatchString(setting["region"]) ||
		!isSwitch(setting["path-style"]) || !isSwitch(setting["tls"]) {
		return nil, wrong
	}
	b := &Bucket{base: url.URL{Scheme: "https", Host: u.Host, Path: "/"}, prefix: prefix, region: setting["region"], pause: pauseBetween,
		keys: aws.Credentials{AccessKeyID: u.User.Username(), SecretAccessKey: secret}}
	if setting["tls"] == "0" {
		b.base.Scheme = "http"
	}
	if setting["path-style"] == "1" {
		b.base.Path += name + "/"
	} else {
		b.base.Host = name + "." + u.Host
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: tryAtMost / 2}).DialContext
	transport.MaxIdleConnsPerHost = 16
	b.client = &http.Client{Transport: transport, Timeout: tryAtMost,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // what is signed is signed for one host
	return b, nil
}

// String names the bucket, without its keys.
func (b *Bucket) String() string { return b.base.Host + b.base.Path + b.prefix }

// of gives the part of the bucket that belongs to one database.
func (b *Bucket) of(name string) *Bucket {
	part := *b
	part.prefix += name + "/"
	return &part
}

func (b *Bucket) key(id ID, size Size) string {
	return b.prefix + string(id[:2]) + "/" + string(id[2:4]) + "/" + string(id) + "/" + string(size) + ".jpg"
}

// write implements files. The full size comes last: with it the photo is there.
func (b *Bucket) write(ctx context.Context, id ID, files map[Size][]byte) error {
	for _, one := range slices.Backward(sizes) {
		if content, given := files[one.size]; given {
			if _, err := b.ask(ctx, http.MethodPut, b.key(id, one.size), nil, content); err != nil {
				return err
			}
		}
	}
	return nil
}

// read implements files.
func (b *Bucket) read(ctx context.Context, id ID, size Size) ([]byte, error) {
	return b.ask(ctx, http.MethodGet, b.key(id, size), nil, nil)
}

// remove implements files.
func (b *Bucket) remove(ctx context.Context, id ID) error {
	for _, one := range sizes {
		if _, err := b.ask(ctx, http.MethodDelete, b.key(id, one.size), nil, nil); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// has implements files.
func (b *Bucket) has(ctx context.Context, id ID) (bool, error) {
	_, err := b.ask(ctx, http.MethodHead, b.key(id, Full), nil, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// list implements files (ListObjectsV2, which gives a thousand keys at a time).
func (b *Bucket) list(ctx context.Context, prefix string) (ids []ID, err error) {
	query := url.Values{"list-type": {"2"}, "prefix": {b.prefix + prefix + "/"}}
	for {
		raw, err := b.ask(ctx, http.MethodGet, "", query, nil)
		if err != nil {
			return nil, err
		}
		var found struct {
			Contents              []struct{ Key string }
			IsTruncated           bool
			NextContinuationToken string
		}
		if err := xml.Unmarshal(raw, &found); err != nil {
			return nil, errors.New("the bucket's list is not understood")
		}
		for _, object := range found.Contents {
			parts := strings.Split(strings.TrimPrefix(object.Key, b.prefix), "/")
			if len(parts) != 4 {
				continue
			}
			if id, bad := ParseID(parts[2]); bad == nil && (len(ids) == 0 || ids[len(ids)-1] != id) { // keys come in their order
				ids = append(ids, id)
			}
		}
		if !found.IsTruncated {
			return ids, nil
		}
		if found.NextContinuationToken == "" {
			return nil, errors.New("the bucket's list breaks off")
		}
		query.Set("continuation-token", found.NextContinuationToken)
	}
}

// clean implements files: an object is there whole or not at all.
func (b *Bucket) clean(context.Context, time.Time) (int, error) { return 0, nil }

// ask asks the bucket for one thing, several times where it did not answer or said "later"; everything that is asked may be repeated. A store that does not
// answer at all is Unavailable.
func (b *Bucket) ask(ctx context.Context, method, key string, query url.Values, body []byte) (content []byte, err error) {
	pause := b.pause
	for n := range tries {
		if n > 0 {
			wait := time.NewTimer(pause)
			select {
			case <-ctx.Done():
				wait.Stop()
				return nil, ctx.Err()
			case <-wait.C:
			}
			pause *= 2
		}
		var again bool
		if content, again, err = b.try(ctx, method, key, query, body); !again {
			return content, err
		}
	}
	return nil, &fault.Error{Kind: fault.Unavailable, Word: "error.photo.resting", After: 10 * time.Second, Cause: err}
}

// try asks once; again tells whether another try may help. Errors name neither key nor secret.
func (b *Bucket) try(ctx context.Context, method, key string, query url.Values, body []byte) (content []byte, again bool, err error) {
	address := b.base
	address.Path += key
	address.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, false, errors.New("the bucket has no address")
	}
	if method == http.MethodPut {
		request.Header.Set("Content-Type", "image/jpeg")
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", digest)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(ctx, b.keys, request, digest, "s3", b.region, time.Now()); err != nil {
		return nil, false, fmt.Errorf("sign a request: %w", err)
	}
	answer, err := b.client.Do(request)
	if err != nil {
		return nil, ctx.Err() == nil, withoutAddress(err)
	}
	defer answer.Body.Close()
	content, err = io.ReadAll(io.LimitReader(answer.Body, longestObject+1))
	switch {
	case err != nil:
		return nil, ctx.Err() == nil, fmt.Errorf("the bucket's answer broke off: %w", err)
	case len(content) > longestObject:
		return nil, false, errors.New("the bucket gives more than was ever written")
	case answer.StatusCode >= 200 && answer.StatusCode <= 299:
		return content, false, nil
	}
	var said struct{ Code string }
	if xml.Unmarshal(content, &said) != nil || !errorCode.MatchString(said.Code) {
		said.Code = ""
	}
	if answer.StatusCode == http.StatusNotFound && key != "" && (said.Code == "" || said.Code == "NoSuchKey") {
		return nil, false, fs.ErrNotExist
	}
	again = slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout}, answer.StatusCode)
	return nil, again, fmt.Errorf("the bucket answers %s %s", answer.Status, said.Code)
}

// withoutAddress takes the address that was asked for out of an error.
func withoutAddress(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}
