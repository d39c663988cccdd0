// Records what a program does to the files of one folder, in the order in which it happens.
//
// Preloaded into the program (LD_PRELOAD). Every write, truncation, sync, removal and renaming of a file directly in
// DROVER_RECORD_FOLDER is appended to DROVER_RECORD_JOURNAL, which lies elsewhere, once the real call has succeeded.
// One lock is held around the real call and the entry, so that the order in the journal is the order of the effects.
// Files that are mapped into memory are not seen; SQLite maps only its -shm file, which it rebuilds after a crash.
//
// An entry: kind (1 byte), length of the name (2), offset (8), length of the data (8), all little-endian; the name
// without the folder; the data. Kinds: W write, T truncate to offset, S sync, U unlink, R rename (the data is the new name).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FILES 4096
#define MAX_NAME 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char names[MAX_FILES][MAX_NAME];
static char appends[MAX_FILES];
static char folder[4096];
static size_t folder_length = 0;
static int journal = -1;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void stop(const char *why) {
    fprintf(stderr, "recorder: %s\n", why);
    _exit(97);
}

static void *find(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) stop(name);
    return function;
}

// Calls may come from the loader before the constructor has run.
static void load(void) {
    if (real_rename) return;
    real_open = find("open64");
    real_openat = find("openat64");
    real_close = find("close");
    real_write = find("write");
    real_pwrite = find("pwrite64");
    real_writev = find("writev");
    real_ftruncate = find("ftruncate64");
    real_unlink = find("unlink");
    real_fsync = find("fsync");
    real_fdatasync = find("fdatasync");
    real_rename = find("rename");
}

__attribute__((constructor)) static void start(void) {
    load();
    const char *where = getenv("DROVER_RECORD_FOLDER");
    const char *path = getenv("DROVER_RECORD_JOURNAL");
    if (!where || !path) return;
    if (!realpath(where, folder)) stop("DROVER_RECORD_FOLDER does not exist");
    folder_length = strlen(folder);
    journal = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal < 0) stop("DROVER_RECORD_JOURNAL can't be opened");
}

// The name of a file directly in the folder, or NULL.
static const char *name_of(const char *path, char *buffer) {
    if (journal < 0 || !path) return NULL;
    if (!realpath(path, buffer)) return NULL;
    if (strncmp(buffer, folder, folder_length) != 0 || buffer[folder_length] != '/') return NULL;
    const char *name = buffer + folder_length + 1;
    return strchr(name, '/') || strlen(name) >= MAX_NAME ? NULL : name;
}

static void write_all(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = real_write(journal, next, count);
        if (written <= 0) stop("the journal can't be written");
        next += written;
        count -= (size_t)written;
    }
}

static void note(char kind, const char *name, uint64_t offset, const void *data, uint64_t count) {
    unsigned char head[19];
    uint16_t length = (uint16_t)strlen(name);
    head[0] = (unsigned char)kind;
    for (int i = 0; i < 2; i++) head[1 + i] = (unsigned char)(length >> (8 * i));
    for (int i = 0; i < 8; i++) head[3 + i] = (unsigned char)(offset >> (8 * i));
    for (int i = 0; i < 8; i++) head[11 + i] = (unsigned char)(count >> (8 * i));
    write_all(head, sizeof head);
    write_all(name, length);
    write_all(data, count);
}

static int is_recorded(int file) { return journal >= 0 && file >= 0 && file < MAX_FILES && names[file][0]; }

static int opened(int file, const char *path, int flags) {
    char buffer[4096];
    if (file < 0 || file >= MAX_FILES) return file;
    const char *name = name_of(path, buffer);
    pthread_mutex_lock(&lock);
    names[file][0] = 0;
    if (name) {
        strcpy(names[file], name);
        appends[file] = (flags & O_APPEND) != 0;
        if (flags & O_TRUNC) note('T', name, 0, "", 0);
    }
    pthread_mutex_unlock(&lock);
    return file;
}

#define MODE(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

int open(const char *path, int flags, ...) {
    MODE(flags, mode)
    load();
    return opened(real_open(path, flags, mode), path, flags);
}

int open64(const char *path, int flags, ...) {
    MODE(flags, mode)
    load();
    return opened(real_open(path, flags, mode), path, flags);
}

int openat(int at, const char *path, int flags, ...) {
    MODE(flags, mode)
    load();
    int file = real_openat(at, path, flags, mode);
    return at == AT_FDCWD || path[0] == '/' ? opened(file, path, flags) : file;
}

int openat64(int at, const char *path, int flags, ...) {
    MODE(flags, mode)
    load();
    int file = real_openat(at, path, flags, mode);
    return at == AT_FDCWD || path[0] == '/' ? opened(file, path, flags) : file;
}

int creat(const char *path, mode_t mode) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int close(int file) {
    load();
    if (is_recorded(file)) {
        pthread_mutex_lock(&lock);
        names[file][0] = 0;
        pthread_mutex_unlock(&lock);
    }
    return real_close(file);
}

static uint64_t place_of(int file) {
    if (!appends[file]) return (uint64_t)lseek(file, 0, SEEK_CUR);
    struct stat status;
    if (fstat(file, &status) != 0) stop("a file's size can't be read");
    return (uint64_t)status.st_size;
}

ssize_t write(int file, const void *bytes, size_t count) {
    load();
    if (!is_recorded(file)) return real_write(file, bytes, count);
    pthread_mutex_lock(&lock);
    uint64_t offset = place_of(file);
    ssize_t written = real_write(file, bytes, count);
    if (written > 0) note('W', names[file], offset, bytes, (uint64_t)written);
    pthread_mutex_unlock(&lock);
    return written;
}

static ssize_t write_at(int file, const void *bytes, size_t count, off_t offset) {
    load();
    if (!is_recorded(file)) return real_pwrite(file, bytes, count, offset);
    pthread_mutex_lock(&lock);
    ssize_t written = real_pwrite(file, bytes, count, offset);
    if (written > 0) note('W', names[file], (uint64_t)offset, bytes, (uint64_t)written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return write_at(file, bytes, count, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) { return write_at(file, bytes, count, offset); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    load();
    if (!is_recorded(file)) return real_writev(file, parts, count);
    pthread_mutex_lock(&lock);
    uint64_t offset = place_of(file);
    ssize_t written = real_writev(file, parts, count);
    size_t left = written > 0 ? (size_t)written : 0;
    for (int i = 0; i < count && left > 0; i++) {
        size_t part = parts[i].iov_len < left ? parts[i].iov_len : left;
        note('W', names[file], offset, parts[i].iov_base, part);
        offset += part;
        left -= part;
    }
    pthread_mutex_unlock(&lock);
    return written;
}

static int truncate_to(int file, off_t size) {
    load();
    if (!is_recorded(file)) return real_ftruncate(file, size);
    pthread_mutex_lock(&lock);
    int result = real_ftruncate(file, size);
    if (result == 0) note('T', names[file], (uint64_t)size, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int file, off_t size) { return truncate_to(file, size); }
int ftruncate64(int file, off_t size) { return truncate_to(file, size); }

static int sync_file(int file, int (*real_sync)(int)) {
    if (!is_recorded(file)) return real_sync(file);
    pthread_mutex_lock(&lock);
    int result = real_sync(file);
    if (result == 0) note('S', names[file], 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int file) {
    load();
    return sync_file(file, real_fsync);
}

int fdatasync(int file) {
    load();
    return sync_file(file, real_fdatasync);
}

int unlink(const char *path) {
    char buffer[4096];
    load();
    const char *name = name_of(path, buffer);
    if (!name) return real_unlink(path);
    pthread_mutex_lock(&lock);
    int result = real_unlink(path);
    if (result == 0) note('U', name, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int rename(const char *from, const char *to) {
    char old_buffer[4096], new_buffer[4096];
    load();
    const char *old_name = name_of(from, old_buffer);
    if (!old_name) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    int result = real_rename(from, to);
    const char *new_name = result == 0 ? name_of(to, new_buffer) : NULL;
    if (new_name) note('R', old_name, 0, new_name, strlen(new_name));
    pthread_mutex_unlock(&lock);
    return result;
}
