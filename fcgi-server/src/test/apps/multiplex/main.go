// A FastCGI program of Go's standard library: net/http/fcgi serves the requests of a connection side by side.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/fcgi"
	"os"
	"strconv"
	"sync"
	"time"
)

// party is a barrier: nobody leaves before all are there, and then the last who came leaves first.
type party struct {
	sync.Mutex
	here int
	full chan struct{}
	left []chan struct{}
}

var (
	mutex   sync.Mutex
	parties = map[string]*party{}
)

func number(r *http.Request, name string) int {
	value, _ := strconv.Atoi(r.FormValue(name))
	return value
}

func plain(w http.ResponseWriter, format string, values ...any) {
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, format, values...)
}

// meet answers when n requests with the same name are in it, in reverse order.
func meet(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	one := parties[r.FormValue("name")]
	if one == nil {
		one = &party{full: make(chan struct{})}
		parties[r.FormValue("name")] = one
	}
	mutex.Unlock()
	one.Lock()
	mine := one.here
	one.here++
	one.left = append(one.left, make(chan struct{}))
	if one.here == number(r, "n") {
		close(one.full)
	}
	one.Unlock()
	select {
	case <-one.full:
	case <-time.After(20 * time.Second):
		http.Error(w, "nobody came", http.StatusInternalServerError)
		return
	}
	if mine+1 < len(one.left) {
		<-one.left[mine+1]
	}
	plain(w, "pid %d\ncame %d\n", os.Getpid(), mine)
	close(one.left[mine])
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		plain(w, "the body was cut: %v\n", err)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Write(body)
}

// large answers n bytes that begin with its key, and the sum of all of them in the last line.
func large(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	line := []byte(r.URL.Query().Get("key") + "\n")
	sum := sha256.New()
	w.Header().Set("Content-Type", "text/plain")
	for sent := 0; sent < number(r, "n"); sent += len(line) {
		w.Write(line)
		sum.Write(line)
	}
	fmt.Fprintf(w, "sum %x\n", sum.Sum(nil))
}

// hold creates a file, and answers when it is gone. As long as a body is not read, Go reads nothing from the connection.
func hold(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("file")
	io.Copy(io.Discard, r.Body)
	os.WriteFile(name, nil, 0o600)
	for {
		if _, err := os.Stat(name); err != nil {
			plain(w, "held\n")
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func pid(w http.ResponseWriter, r *http.Request) {
	plain(w, "pid %d\n", os.Getpid())
}

func main() {
	http.HandleFunc("/go/meet", meet)
	http.HandleFunc("/go/echo", echo)
	http.HandleFunc("/go/large", large)
	http.HandleFunc("/go/hold", hold)
	http.HandleFunc("/go/pid", pid)
	fcgi.Serve(nil, nil)
}
