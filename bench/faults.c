/* Makes the n-th write under a folder fail, or kills the process there. Preloaded by bench/faults.py.

   Counted are the calls of the C library by which a file is made, filled, made to last, renamed or removed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 4096
static char folder[PATH_MAX];
static const char *names[MOST];
static int seen, fail_at, fail_with, stays;

/* error: an errno, or 0 for signal 9. lasting: every later call that needs space fails too, as on a full disk. */
void faults_arm(const char *under, int at, int error, int lasting) {
    seen = 0, fail_at = at, fail_with = error, stays = lasting;
    snprintf(folder, sizeof folder, "%s", under);
}
int faults_seen(void) { return seen; }
const char *faults_name(int number) { return names[number - 1]; }

static int strikes(const char *name, const char *path, int needs_space) {
    if (!folder[0] || !path || strncmp(path, folder, strlen(folder))) return 0;
    int number = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    if (number <= MOST) names[number - 1] = name;
    if (!fail_at || number < fail_at || (number > fail_at && !(stays && needs_space))) return 0;
    if (!fail_with) kill(getpid(), SIGKILL);
    errno = fail_with;
    return 1;
}

static int strikes_file(const char *name, int file) {
    char link[64], path[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strikes(name, path, strcmp(name, "fsync") && strcmp(name, "fdatasync"));
}

#define ON_FILE(result, name, parameters, arguments)                          \
    result name parameters {                                                  \
        static result(*next) parameters;                                      \
        if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name);      \
        return strikes_file(#name, file) ? -1 : next arguments;               \
    }
#define ON_PATH(name, parameters, arguments, path, needs_space)               \
    int name parameters {                                                     \
        static int(*next) parameters;                                         \
        if (!next) next = (int(*) parameters)dlsym(RTLD_NEXT, #name);         \
        return strikes(#name, path, needs_space) ? -1 : next arguments;       \
    }
#define ON_OPEN(name)                                                         \
    int name(const char *path, int flags, ...) {                              \
        static int (*next)(const char *, int, ...);                           \
        if (!next) next = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        va_list rest;                                                         \
        va_start(rest, flags);                                                \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;             \
        va_end(rest);                                                         \
        return (flags & O_CREAT) && strikes("open", path, 1) ? -1 : next(path, flags, mode); \
    }

ON_FILE(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count))
ON_FILE(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
ON_FILE(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), (file, bytes, count, at))
ON_FILE(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at))
ON_FILE(ssize_t, sendfile, (int file, int from, off_t *at, size_t count), (file, from, at, count))
ON_FILE(ssize_t, sendfile64, (int file, int from, off64_t *at, size_t count), (file, from, at, count))
ON_FILE(int, fsync, (int file), (file))
ON_FILE(int, fdatasync, (int file), (file))
ON_FILE(int, ftruncate, (int file, off_t length), (file, length))
ON_FILE(int, ftruncate64, (int file, off64_t length), (file, length))
ON_FILE(int, fchmod, (int file, mode_t mode), (file, mode))
ON_PATH(chmod, (const char *path, mode_t mode), (path, mode), path, 0)
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), path, 1)
ON_PATH(unlink, (const char *path), (path), path, 0)
ON_PATH(rename, (const char *from, const char *to), (from, to), to, 1)
ON_PATH(link, (const char *from, const char *to), (from, to), to, 1)
ON_PATH(linkat, (int in, const char *from, int under, const char *to, int flags), (in, from, under, to, flags), to, 1)
ON_OPEN(open)
ON_OPEN(open64)
