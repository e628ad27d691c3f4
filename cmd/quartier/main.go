// Command quartier is the whole service in one binary: server, migrations, imports and upkeep. One file for each subcommand; config.go reads
// every setting; failure.go turns what goes wrong at the start into one sentence.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"quartier/reports/language"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// program is what every subcommand works with.
type program struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	language       *language.Language
	settings       *settings
}

// errTold ends a subcommand with exit 1 after it has said itself what is wrong.
var errTold = errors.New("told already")

// run parses a command line and runs it. It gives the exit code: 0 all went well, 1 it did not, 2 the command line is not understood.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, language: spoken(os.Getenv)}
	var c commands
	words := kong.Vars{"version": version}
	for _, key := range p.language.Keys() {
		if name, ok := strings.CutPrefix(key, "cli."); ok {
			words["cli_"+name] = p.language.Say(key, nil)
		}
	}
	code := -1
	parser, err := kong.New(&c, kong.Name("quartier"), kong.Description(p.language.Say("cli.about", nil)), words,
		kong.Writers(stdout, stderr), kong.Exit(func(n int) { code = n }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		panic(err) // the structs in this package are wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case code >= 0: // --help or --version has answered
		return code
	case err != nil:
		fmt.Fprintln(stderr, "quartier:", err)
		return 2
	}
	p.settings = &c.settings
	if err := command.Run(p); err != nil {
		if !errors.Is(err, errTold) && !errors.Is(err, context.Canceled) {
			fmt.Fprintln(stderr, "quartier:", p.sentence(err))
		}
		return 1
	}
	return 0
}

// spoken gives the language of the terminal (POSIX: LC_ALL before LC_MESSAGES before LANG).
func spoken(env func(string) string) *language.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if tag := env(name); tag != "" {
			tag, _, _ = strings.Cut(tag, "_")
			tag, _, _ = strings.Cut(tag, ".")
			return language.Of(tag)
		}
	}
	return language.French
}
