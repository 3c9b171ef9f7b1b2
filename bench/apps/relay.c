/* What nobody in between can do without: a yardstick for gatepool, and no server.  cc -O2 -o relay relay.c
     relay SOCKET WORKERS COMMAND...
   It listens at SOCKET, starts COMMAND, which brings the FastCGI workers of SOCKET.workers, and keeps a connection to each
   of them. A request of the web server waits in its socket until one of them is idle, and then bytes are passed on both
   ways until the worker's FCGI_END_REQUEST. Nothing is parsed but the lengths of the worker's records; nothing is
   gathered, limited, logged, counted, or tried again. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SIZE = 65536, HEADER = 8, TYPE = 1, END_REQUEST = 3, EVENTS = 256, PATIENCE = 100 };

struct end {
    int fd;
    int is_worker, waits, hung_up;
    struct end *mate;
    /* What this one could not take yet; until then nothing more is read from the mate. */
    char *unsent;
    int unsent_size;
    /* A worker's records: the bytes of a header so far, and what is left of the record's body. */
    unsigned char header[HEADER];
    int header_size, body_left;
    struct end *next;
};

static char buffer[SIZE];
static struct sockaddr_un workers_at = {.sun_family = AF_UNIX};
static struct end *idle, *first_waiting, *last_waiting;
static int epoll;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(struct end *end, int how) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET | (end->unsent ? EPOLLOUT : 0), .data.ptr = end};
    if (epoll_ctl(epoll, how, end->fd, &event))
        fail("epoll_ctl");
}

static void connect_worker(struct end *worker) {
    worker->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (int i = 0; connect(worker->fd, (void *)&workers_at, sizeof workers_at); i++) {
        if (i == PATIENCE)
            fail(workers_at.sun_path);
        usleep(100000);
    }
    fcntl(worker->fd, F_SETFL, O_NONBLOCK);
    worker->header_size = worker->body_left = worker->hung_up = 0;
    watch(worker, EPOLL_CTL_ADD);
}

static void forget(struct end *end) {
    close(end->fd);
    end->fd = -1;
    free(end->unsent);
    end->unsent = NULL;
    end->unsent_size = 0;
}

/* Whether the last record in these bytes ends here and is the one that ends the request. */
static int ends_request(struct end *worker, const char *bytes, int size) {
    int ended = 0;
    for (int at = 0; at < size;) {
        if (worker->header_size < HEADER) {
            worker->header[worker->header_size++] = bytes[at++];
            if (worker->header_size < HEADER)
                continue;
            worker->body_left = (worker->header[4] << 8) + worker->header[5] + worker->header[6];
        }
        int part = worker->body_left < size - at ? worker->body_left : size - at;
        at += part;
        worker->body_left -= part;
        if (worker->body_left == 0) {
            ended = worker->header[TYPE] == END_REQUEST;
            worker->header_size = 0;
        }
    }
    return ended;
}

static void give(struct end *to, const char *bytes, int size) {
    int sent = to->unsent ? 0 : send(to->fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0)
        sent = errno == EAGAIN ? 0 : size; /* it is gone, and its own event says so */
    if (sent < size) {
        int is_first = !to->unsent;
        to->unsent = realloc(to->unsent, to->unsent_size + size - sent);
        memcpy(to->unsent + to->unsent_size, bytes + sent, size - sent);
        to->unsent_size += size - sent;
        if (is_first)
            watch(to, EPOLL_CTL_MOD);
    }
}

static void pass_on(struct end *from);

static void unite(struct end *web, struct end *worker) {
    web->mate = worker;
    worker->mate = web;
    pass_on(web);
}

static void set_free(struct end *worker) {
    if (worker->mate)
        worker->mate->mate = NULL;
    worker->mate = NULL;
    while (first_waiting) {
        struct end *web = first_waiting;
        first_waiting = web->next;
        web->waits = 0;
        if (web->fd >= 0) {
            unite(web, worker);
            return;
        }
    }
    worker->next = idle;
    idle = worker;
}

static void lose(struct end *end) {
    struct end *mate = end->mate;
    end->mate = NULL;
    forget(end);
    if (end->is_worker) {
        if (mate) {
            mate->mate = NULL;
            forget(mate);
        }
        connect_worker(end);
        if (mate)
            set_free(end);
    } else if (mate) {
        mate->mate = NULL;
        forget(mate);
        connect_worker(mate);
        set_free(mate);
    }
}

static void pass_on(struct end *from) {
    while (from->mate && !from->mate->unsent) {
        int size = recv(from->fd, buffer, SIZE, 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            lose(from);
            return;
        }
        give(from->mate, buffer, size);
        if (from->is_worker && ends_request(from, buffer, size)) {
            set_free(from);
            return;
        }
        if (size < SIZE && !from->hung_up)
            return; /* the next bytes are the next event */
    }
}

static void happened(struct end *end, unsigned events) {
    if (end->fd < 0)
        return;
    end->hung_up |= (events & EPOLLHUP) != 0;
    if (end->unsent && events & EPOLLOUT) {
        int sent = send(end->fd, end->unsent, end->unsent_size, MSG_NOSIGNAL);
        if (sent > 0) {
            end->unsent_size -= sent;
            memmove(end->unsent, end->unsent + sent, end->unsent_size);
        }
        if (end->unsent_size == 0) {
            free(end->unsent);
            end->unsent = NULL;
            watch(end, EPOLL_CTL_MOD);
            if (end->mate)
                pass_on(end->mate);
        }
    }
    if (end->fd < 0 || !(events & (EPOLLIN | EPOLLHUP)))
        return;
    if (end->mate) {
        pass_on(end);
    } else if (events & EPOLLHUP) {
        if (end->is_worker)
            lose(end);
        else
            forget(end);
    } else if (!end->is_worker && idle) {
        struct end *worker = idle;
        idle = worker->next;
        unite(end, worker);
    } else if (!end->is_worker && !end->waits) {
        end->next = NULL;
        end->waits = 1;
        if (first_waiting)
            last_waiting->next = end;
        else
            first_waiting = end;
        last_waiting = end;
    }
}

static void accept_all(int listening) {
    int fd;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct end *web = calloc(1, sizeof *web);
        web->fd = fd;
        watch(web, EPOLL_CTL_ADD);
    }
}

int main(int count, char **words) {
    if (count < 4) {
        fprintf(stderr, "usage: relay SOCKET WORKERS COMMAND...\n");
        return 64;
    }
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    snprintf(here.sun_path, sizeof here.sun_path, "%s", words[1]);
    snprintf(workers_at.sun_path, sizeof workers_at.sun_path, "%s.workers", words[1]);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execv(words[3], words + 3);
        fail(words[3]);
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < atoi(words[2]); i++) {
        struct end *worker = calloc(1, sizeof *worker);
        worker->is_worker = 1;
        connect_worker(worker);
        worker->next = idle;
        idle = worker;
    }
    struct end listening = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (bind(listening.fd, (void *)&here, sizeof here) || listen(listening.fd, SOMAXCONN))
        fail(here.sun_path);
    watch(&listening, EPOLL_CTL_ADD);
    for (;;) {
        struct epoll_event events[EVENTS];
        int happening = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < happening; i++) {
            if (events[i].data.ptr == &listening)
                accept_all(listening.fd);
            else
                happened(events[i].data.ptr, events[i].events);
        }
    }
}
