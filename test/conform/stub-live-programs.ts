// The tiny programs that look a name up, one for each library; all print one JSON line a lookup: rc, code, error, ms, addrs.

export const C_PROGRAM = `#define _GNU_SOURCE
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
static long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000L + t.tv_nsec / 1000000L; }
static const char *word(int rc) {
  switch (rc) {
    case 0: return "OK"; case EAI_NONAME: return "EAI_NONAME"; case EAI_AGAIN: return "EAI_AGAIN"; case EAI_FAIL: return "EAI_FAIL";
    case EAI_SYSTEM: return "EAI_SYSTEM"; case EAI_FAMILY: return "EAI_FAMILY"; case EAI_MEMORY: return "EAI_MEMORY";
#ifdef EAI_NODATA
    case EAI_NODATA: return "EAI_NODATA";
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY: return "EAI_ADDRFAMILY";
#endif
    default: return "?";
  }
}
static void resolver(const char *name, const char *api) {
  unsigned char answer[4096]; long began = now();
  h_errno = 0;
  int n = strcmp(api, "search") == 0 ? res_search(name, 1, 1, answer, sizeof answer) : res_query(name, 1, 1, answer, sizeof answer);
  printf("{\\"rc\\":%d,\\"code\\":\\"h_errno=%d\\",\\"error\\":\\"\\",\\"ms\\":%ld,\\"addrs\\":[]}\\n", n, n < 0 ? h_errno : 0, now() - began);
}
int main(int argc, char **argv) {
  int repeat = atoi(argv[4]);
  for (int i = 0; i < repeat; i++) {
    if (strcmp(argv[3], "-") != 0) { resolver(argv[1], argv[3]); continue; }
    struct addrinfo hints = {0}, *all = 0;
    hints.ai_family = strcmp(argv[2], "inet") == 0 ? AF_INET : strcmp(argv[2], "inet6") == 0 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    long began = now();
    int rc = getaddrinfo(argv[1], 0, &hints, &all);
    printf("{\\"rc\\":%d,\\"code\\":\\"%s\\",\\"error\\":\\"%s\\",\\"ms\\":%ld,\\"addrs\\":[", rc, word(rc), rc ? gai_strerror(rc) : "", now() - began);
    for (struct addrinfo *a = rc ? 0 : all; a; a = a->ai_next) {
      char text[64];
      const void *raw = a->ai_family == AF_INET ? (void *)&((struct sockaddr_in *)a->ai_addr)->sin_addr : (void *)&((struct sockaddr_in6 *)a->ai_addr)->sin6_addr;
      printf("%s\\"%s\\"", a == all ? "" : ",", inet_ntop(a->ai_family, raw, text, sizeof text));
    }
    printf("]}\\n");
    fflush(stdout);
  }
}
`

export const GO_PROGRAM = `package main
import ("context"; "encoding/json"; "errors"; "net"; "os"; "regexp"; "strconv"; "time")
func main() {
  network := map[string]string{"unspec": "ip", "inet": "ip4", "inet6": "ip6"}[os.Args[2]]
  repeat, _ := strconv.Atoi(os.Args[4])
  port := regexp.MustCompile(\`(read|dial) udp ([0-9.]+|\\[[0-9a-f:]+\\]):\\d+->\`)
  for i := 0; i < repeat; i++ {
    began := time.Now()
    addrs, err := net.DefaultResolver.LookupIP(context.Background(), network, os.Args[1])
    row := map[string]any{"ms": time.Since(began).Milliseconds(), "rc": 0, "code": "OK", "error": ""}
    texts := []string{}
    for _, a := range addrs { texts = append(texts, a.String()) }
    row["addrs"] = texts
    if err != nil {
      row["rc"], row["code"], row["error"] = 1, nil, port.ReplaceAllString(err.Error(), "$1 udp $2:PORT->")
      var d *net.DNSError
      if errors.As(err, &d) {
        row["code"], row["isNotFound"], row["isTimeout"], row["isTemporary"] = port.ReplaceAllString(d.Err, "$1 udp $2:PORT->"), d.IsNotFound, d.IsTimeout, d.IsTemporary
        row["name"], row["server"] = d.Name, d.Server
      }
    }
    json.NewEncoder(os.Stdout).Encode(row)
  }
}
`

export const JAVA_PROGRAM = `import java.net.*;
public class Lookup {
  public static void main(String[] args) throws Exception {
    int repeat = Integer.parseInt(args[3]);
    for (int i = 0; i < repeat; i++) {
      long began = System.nanoTime();
      StringBuilder addrs = new StringBuilder();
      String code = "OK", error = "";
      int rc = 0;
      try {
        for (InetAddress a : InetAddress.getAllByName(args[0])) addrs.append(addrs.length() == 0 ? "" : ",").append('"').append(a.getHostAddress()).append('"');
      } catch (UnknownHostException e) { rc = 1; code = "UnknownHostException"; error = e.toString(); }
      System.out.println("{\\"rc\\":" + rc + ",\\"code\\":\\"" + code + "\\",\\"error\\":\\"" + error + "\\",\\"ms\\":" + (System.nanoTime() - began) / 1000000 + ",\\"addrs\\":[" + addrs + "]}");
    }
  }
}
`

/** \`lookup\`: getaddrinfo in a thread; \`resolve\`: c-ares. */
export const NODE_PROGRAM = `const dns = require('node:dns');
const [how, name, family, , repeat] = process.argv.slice(2);
(async () => {
  for (let i = 0; i < Number(repeat); i++) {
    const began = performance.now();
    const row = await new Promise(done => {
      const end = (err, got) => done(err
        ? { rc: 1, code: err.code, error: err.message, addrs: [] } : { rc: 0, code: 'OK', error: '', addrs: got.map(a => a.address ?? a) });
      if (how === 'lookup') dns.lookup(name, { all: true, family: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0 }, end);
      else dns[family === 'inet6' ? 'resolve6' : 'resolve4'](name, end);
    });
    console.log(JSON.stringify({ ...row, ms: Math.round(performance.now() - began) }));
  }
})();
`
