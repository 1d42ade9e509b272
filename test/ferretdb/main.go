// A MongoDB-compatible server for tests: FerretDB on SQLite, in a folder given.
//
// FerretDB 1 reads a document and then writes it, so that two commands at once can undo each other. MongoDB promises
// that a command changes each document atomically. A door in front lets one command through at a time, which gives
// that promise here; whether MongoDB keeps its own is not tested by this server.
//
// Prints its address as the first line of output and ends when its input does, so that it never outlives who started it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	folder := flag.String("folder", "", "where the databases live")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	if err := run(*folder, *listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder, listen string) error {
	socket := filepath.Join(folder, "engine.sock")
	_ = os.Remove(socket)
	engine, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/",
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	engine.MongoDBURI() // Waits until the engine listens.

	listener, err := net.Listen("tcp", listen)
	if err != nil {
		stop()
		return err
	}
	go admit(listener, socket)
	fmt.Printf("mongodb://%s/\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	return <-ended
}
