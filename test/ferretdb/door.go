package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

const (
	headerBytes      = 16
	opMsg            = 2013
	moreToCome       = 1 << 1
	messageBytesMost = 48_000_000
)

// oneAtATime is held from the moment a command is handed over until its reply is complete.
var oneAtATime sync.Mutex

func admit(listener net.Listener, socket string) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go serve(client, socket)
	}
}

func serve(client net.Conn, socket string) {
	defer client.Close()
	engine, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer engine.Close()
	for {
		command, err := readMessage(client)
		if err != nil {
			return
		}
		reply, err := exchange(engine, command)
		if err != nil {
			return
		}
		if _, err = client.Write(reply); err != nil {
			return
		}
	}
}

func exchange(engine net.Conn, command []byte) ([]byte, error) {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	if _, err := engine.Write(command); err != nil {
		return nil, err
	}
	if !expectsReply(command) {
		return nil, nil
	}
	return readMessage(engine)
}

func expectsReply(command []byte) bool {
	isMsg := binary.LittleEndian.Uint32(command[12:]) == opMsg
	return !isMsg || len(command) < headerBytes+4 || binary.LittleEndian.Uint32(command[headerBytes:])&moreToCome == 0
}

func readMessage(from io.Reader) ([]byte, error) {
	header := make([]byte, headerBytes)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < headerBytes || length > messageBytesMost {
		return nil, errors.New("not a message")
	}
	message := make([]byte, length)
	copy(message, header)
	_, err := io.ReadFull(from, message[headerBytes:])
	return message, err
}
