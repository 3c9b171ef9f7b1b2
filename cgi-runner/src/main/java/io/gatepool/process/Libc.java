package io.gatepool.process;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.pid_t;
import org.jspecify.annotations.Nullable;

/**
 * The part of glibc that child processes need, called through jnr-ffi. The structures are passed as raw memory: their
 * layouts below are those of glibc on 64-bit Linux (x86-64 and AArch64 agree on every offset used here).
 *
 * <p>Why not jnr-posix: its SpawnAttribute mask calls throw, and its POSIXFactory costs 300-500 ms at start.
 *
 * <p>Calls may be made from any thread; {@code errno} is kept per thread by jnr-ffi ({@link Native#errno()}).
 */
interface Libc {

    int O_RDWR = 2;
    int O_NONBLOCK = 0x800;
    int O_CLOEXEC = 0x80000;
    int F_GETFL = 3;
    int F_SETFL = 4;
    int F_GETFD = 1;
    int F_SETFD = 2;
    int F_DUPFD_CLOEXEC = 1030;
    int FD_CLOEXEC = 1;
    int CLONE_FS = 0x200;
    int PR_SET_CHILD_SUBREAPER = 36;
    int RLIMIT_NOFILE = 7;
    int SIOCOUTQ = 0x5411;
    int AF_UNIX = 1;
    int AF_INET = 2;
    int AF_INET6 = 10;
    int SOCK_STREAM = 1;
    int SOCK_DGRAM = 2;
    int SOL_SOCKET = 1;
    int SO_TYPE = 3;
    int SO_ACCEPTCONN = 30;
    int SO_DOMAIN = 39;
    int MSG_DONTWAIT = 0x40;
    int MSG_NOSIGNAL = 0x4000;

    int POLLIN = 1;
    int POLLERR = 8;
    int POLLHUP = 16;

    long SIG_DFL = 0;

    int WNOHANG = 1;
    int WEXITED = 4;
    int WNOWAIT = 0x01000000;
    int P_ALL = 0;
    int P_PID = 1;

    /** With the group 0, which is the attributes' default: a new one, of which the child is the leader. */
    short POSIX_SPAWN_SETPGROUP = 0x02;

    short POSIX_SPAWN_SETSIGDEF = 0x04;
    short POSIX_SPAWN_SETSIGMASK = 0x08;
    short POSIX_SPAWN_SETSID = 0x80;

    /** More than sizeof posix_spawnattr_t (336), posix_spawn_file_actions_t (80), sigset_t (128), siginfo_t (128). */
    int STRUCT_BYTES = 512;

    int posix_spawn(
            @Out Pointer pid,
            @In Pointer path,
            @In Pointer fileActions,
            @In Pointer attributes,
            @In Pointer argv,
            @In Pointer envp);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_destroy(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

    int posix_spawn_file_actions_addchdir_np(Pointer actions, @In Pointer path);

    int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    int sigemptyset(Pointer signals);

    int sigfillset(Pointer signals);

    int waitid(int idType, int id, Pointer info, int options);

    int kill(@pid_t long pid, int signal);

    /** The handler as its address; returns the former one's. */
    long signal(int signal, long handler);

    int pipe2(@Out int[] ends, int flags);

    int open(CharSequence path, int flags);

    int close(int fd);

    int dup3(int from, int to, int flags);

    int fcntl(int fd, int command, int argument);

    int poll(@In @Out int[] descriptors, long count, int timeoutMillis);

    int socket(int domain, int type, int protocol);

    long sendto(int fd, @In byte[] bytes, long length, int flags, @In byte[] address, int addressLength);

    int getsockopt(int fd, int level, int option, @Out int[] value, @In @Out int[] length);

    int getsockname(int fd, @Out byte[] address, @In @Out int[] length);

    int getpeername(int fd, @Out byte[] address, @In @Out int[] length);

    int ioctl(int fd, long request, @Out int[] value);

    @mode_t
    int umask(@mode_t int mask);

    int unshare(int flags);

    int prctl(int option, long argument, long unused3, long unused4, long unused5);

    int prlimit(@pid_t int pid, int resource, @In long @Nullable [] wanted, @Nullable Pointer old);

    int geteuid();

    int getpid();

    Pointer getpwnam(CharSequence name);

    Pointer getpwuid(int uid);

    Pointer getgrnam(CharSequence name);

    Pointer gnu_get_libc_version();

    /** Holds the loaded library: opening it costs some 100 ms, so it happens on first use, once. */
    final class Native {
        static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

        private Native() {}

        /** The calling thread's {@code errno} after its last call into libc. */
        static int errno() {
            return RUNTIME.getLastError();
        }
    }
}
