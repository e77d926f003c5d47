// SPDX-License-Identifier: BSD-2-Clause

// An https server with right and wrong answers: server PORT KEY CERTIFICATE LOG; or a client, that
// asks for each URL after "get", once it is given a line.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

var lock sync.Mutex

func get(urls []string) {
	config := &tls.Config{InsecureSkipVerify: true}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	// Until it is told to.
	os.Stdin.Read(make([]byte, 1))
	for _, url := range urls {
		request, _ := http.NewRequest("GET", url, nil)
		request.Header.Set("Origin", "https://app.example.com")
		request.Header.Set("Sec-Fetch-Mode", "cors")
		response, err := client.Do(request)
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

func main() {
	if os.Args[1] == "get" {
		get(os.Args[2:])
		return
	}
	big := bytes.Repeat([]byte("some bytes"), 1<<20)
	log, _ := os.OpenFile(os.Args[4], os.O_APPEND|os.O_WRONLY, 0)
	handler := func(w http.ResponseWriter, r *http.Request) {
		path, origin := r.URL.Path, r.Header.Get("Origin")
		if path == "/right" || path == "/big" || path == "/preflight" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
		if path == "/preflight" {
			w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
		}
		if path == "/constant" {
			w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		}
		lock.Lock()
		fmt.Fprintf(log, "%s %s 200\n", r.Method, r.URL.RequestURI())
		lock.Unlock()
		if path == "/big" {
			w.Write(big)
		} else {
			fmt.Fprintln(w, path)
		}
	}
	err := http.ListenAndServeTLS(":"+os.Args[1], os.Args[3], os.Args[2], http.HandlerFunc(handler))
	fmt.Fprintln(os.Stderr, err)
}
