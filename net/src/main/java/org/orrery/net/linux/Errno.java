// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import org.orrery.net.SystemCallException;

/** The error numbers that are told apart, and words for those a user meets. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EBADF = 9;

    /** What a queue of a removed device answers. */
    static final int EBADFD = 77;

    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EOPNOTSUPP = 95;
    static final int EAFNOSUPPORT = 97;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENETUNREACH = 101;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;

    private Errno() {}

    /** The failure of {@code call}, from what a {@link LibC} function answered. */
    static SystemCallException failure(String call, int negatedErrno) {
        return new SystemCallException(call, -negatedErrno, text(-negatedErrno));
    }

    /** As {@link #failure(String, int)}, with the kernel's own words where it has some. */
    static SystemCallException failure(String call, int negatedErrno, String kernelWords) {
        String text = text(-negatedErrno);
        return new SystemCallException(
                call, -negatedErrno, kernelWords.isEmpty() ? text : text + " (" + kernelWords + ")");
    }

    /** Answers {@code result}, or throws if it is a negated error number. */
    static int check(String call, int result) throws SystemCallException {
        if (result < 0) {
            throw failure(call, result);
        }
        return result;
    }

    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file";
            case ESRCH -> "no such entry";
            case EINTR -> "interrupted";
            case EIO -> "input/output error";
            case EBADF -> "closed";
            case EBADFD -> "device removed";
            case EAGAIN -> "no answer in time";
            case ENOMEM -> "out of memory";
            case EACCES -> "permission denied";
            case EBUSY -> "busy";
            case EEXIST -> "exists already";
            case ENODEV -> "no such device";
            case EINVAL -> "invalid argument";
            case EMSGSIZE -> "message too long";
            case EOPNOTSUPP -> "not supported";
            case EAFNOSUPPORT -> "address family not supported";
            case EADDRINUSE -> "address in use";
            case EADDRNOTAVAIL -> "address not available";
            case ENETDOWN -> "network is down";
            case ENETUNREACH -> "network is unreachable";
            case ENOBUFS -> "no buffer space";
            case ECONNREFUSED -> "connection refused";
            case EHOSTUNREACH -> "no route to host";
            default -> "error " + errno;
        };
    }
}
