// Tells ThreadSanitizer what Swift's Mutex does when it has to wait.
//
// On Linux the quick path of Synchronization.Mutex is compiled into the code under test, where the sanitizer sees it.
// The waiting lies in the standard library, which is not instrumented: a lock taken there looks like no lock, and what
// it guards like a race. These two functions stand before the library's own and say what happens. Loaded with
// LD_PRELOAD, also into programs without the sanitizer, for which they change nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Of the sanitizer's runtime: everything that was released to an address before is seen behind the acquire.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef SWIFT void Lock(uint32_t thread, SELF void *self);
typedef SWIFT void Unlock(SELF void *self);

// Synchronization._MutexHandle._lockSlow(_: UInt32) -> ()
SWIFT void lockSlow(uint32_t thread, SELF void *self) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lockSlow(uint32_t thread, SELF void *self) {
    static Lock *original;
    if (!original) original = (Lock *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    original(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

// Synchronization._MutexHandle._unlockSlow() -> ()
SWIFT void unlockSlow(SELF void *self) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlockSlow(SELF void *self) {
    static Unlock *original;
    if (!original) original = (Unlock *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(self);
    original(self);
}
