// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** The C structures in use, for 64-bit Linux. */
final class Layouts {
    static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));

    static final StructLayout MSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("msg_name"),
            JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("msg_iov"),
            JAVA_LONG.withName("msg_iovlen"),
            ADDRESS.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"),
            MemoryLayout.paddingLayout(4));

    static final StructLayout MMSGHDR = MemoryLayout.structLayout(
            MSGHDR.withName("msg_hdr"), JAVA_INT.withName("msg_len"), MemoryLayout.paddingLayout(4));

    /** Header of one control message, with room for one C int. */
    static final StructLayout CMSG_INT = MemoryLayout.structLayout(
            JAVA_LONG.withName("cmsg_len"),
            JAVA_INT.withName("cmsg_level"),
            JAVA_INT.withName("cmsg_type"),
            JAVA_INT.withName("value"),
            MemoryLayout.paddingLayout(4));

    /** What {@code cmsg_len} says of {@link #CMSG_INT}: header and value without the padding behind. */
    static final long CMSG_INT_LENGTH = 20;

    static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

    /** Name of an interface and its flags; the union behind the name is 24 bytes. */
    static final StructLayout IFREQ = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("ifr_name"),
            JAVA_SHORT.withName("ifr_flags"),
            MemoryLayout.paddingLayout(22));

    static final StructLayout SOCKADDR_NL = MemoryLayout.structLayout(
            JAVA_SHORT.withName("nl_family"),
            JAVA_SHORT.withName("nl_pad"),
            JAVA_INT.withName("nl_pid"),
            JAVA_INT.withName("nl_groups"));

    static final StructLayout TIMEVAL =
            MemoryLayout.structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_usec"));

    /** {@code struct epoll_event} is packed on x86-64 only: 4 + 8 bytes there, 4 + 4 + 8 elsewhere. */
    static final boolean EPOLL_EVENT_PACKED = System.getProperty("os.arch").equals("amd64");

    static final long EPOLL_EVENT_BYTES = EPOLL_EVENT_PACKED ? 12 : 16;
    static final long EPOLL_DATA_OFFSET = EPOLL_EVENT_PACKED ? 4 : 8;

    static final VarHandle IOV_BASE = field(IOVEC, "iov_base");
    static final VarHandle IOV_LEN = field(IOVEC, "iov_len");
    static final VarHandle MSG_NAME = field(MSGHDR, "msg_name");
    static final VarHandle MSG_NAMELEN = field(MSGHDR, "msg_namelen");
    static final VarHandle MSG_IOV = field(MSGHDR, "msg_iov");
    static final VarHandle MSG_IOVLEN = field(MSGHDR, "msg_iovlen");
    static final VarHandle MSG_CONTROL = field(MSGHDR, "msg_control");
    static final VarHandle MSG_CONTROLLEN = field(MSGHDR, "msg_controllen");
    static final VarHandle MSG_FLAGS = field(MSGHDR, "msg_flags");
    static final VarHandle MSG_LEN = field(MMSGHDR, "msg_len");
    static final VarHandle CMSG_LEN = field(CMSG_INT, "cmsg_len");
    static final VarHandle CMSG_LEVEL = field(CMSG_INT, "cmsg_level");
    static final VarHandle CMSG_TYPE = field(CMSG_INT, "cmsg_type");
    static final VarHandle CMSG_VALUE = field(CMSG_INT, "value");
    static final VarHandle CMSG_SHORT_VALUE = JAVA_SHORT.varHandle();
    static final long CMSG_VALUE_OFFSET = CMSG_INT.byteOffset(PathElement.groupElement("value"));
    static final VarHandle POLL_FD = field(POLLFD, "fd");
    static final VarHandle POLL_EVENTS = field(POLLFD, "events");
    static final VarHandle IFR_FLAGS = field(IFREQ, "ifr_flags");
    static final VarHandle NL_FAMILY = field(SOCKADDR_NL, "nl_family");
    static final VarHandle NL_GROUPS = field(SOCKADDR_NL, "nl_groups");
    static final VarHandle TV_SEC = field(TIMEVAL, "tv_sec");

    private Layouts() {}

    private static VarHandle field(StructLayout struct, String name) {
        return struct.varHandle(PathElement.groupElement(name));
    }
}
