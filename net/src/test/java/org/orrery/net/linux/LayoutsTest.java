// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import org.junit.jupiter.api.Test;

/** Against the numbers that a C compiler gives for 64-bit Linux. */
class LayoutsTest {
    private static long offset(StructLayout struct, String field) {
        return struct.byteOffset(PathElement.groupElement(field));
    }

    @Test
    void messageHeaders() {
        assertThat(Layouts.IOVEC.byteSize()).isEqualTo(16);
        assertThat(offset(Layouts.IOVEC, "iov_len")).isEqualTo(8);
        assertThat(Layouts.MSGHDR.byteSize()).isEqualTo(56);
        assertThat(offset(Layouts.MSGHDR, "msg_name")).isZero();
        assertThat(offset(Layouts.MSGHDR, "msg_namelen")).isEqualTo(8);
        assertThat(offset(Layouts.MSGHDR, "msg_iov")).isEqualTo(16);
        assertThat(offset(Layouts.MSGHDR, "msg_iovlen")).isEqualTo(24);
        assertThat(offset(Layouts.MSGHDR, "msg_control")).isEqualTo(32);
        assertThat(offset(Layouts.MSGHDR, "msg_controllen")).isEqualTo(40);
        assertThat(offset(Layouts.MSGHDR, "msg_flags")).isEqualTo(48);
        assertThat(Layouts.MMSGHDR.byteSize()).isEqualTo(64);
        assertThat(offset(Layouts.MMSGHDR, "msg_len")).isEqualTo(56);
    }

    @Test
    void controlMessageOfOneInt() {
        assertThat(Layouts.CMSG_INT.byteSize()).as("CMSG_SPACE(4)").isEqualTo(24);
        assertThat(Layouts.CMSG_INT_LENGTH).as("CMSG_LEN(4)").isEqualTo(20);
        assertThat(offset(Layouts.CMSG_INT, "cmsg_level")).isEqualTo(8);
        assertThat(offset(Layouts.CMSG_INT, "cmsg_type")).isEqualTo(12);
        assertThat(offset(Layouts.CMSG_INT, "value")).isEqualTo(16);
    }

    @Test
    void smallStructures() {
        assertThat(Layouts.POLLFD.byteSize()).isEqualTo(8);
        assertThat(offset(Layouts.POLLFD, "events")).isEqualTo(4);
        assertThat(offset(Layouts.POLLFD, "revents")).isEqualTo(6);
        assertThat(Layouts.IFREQ.byteSize()).isEqualTo(40);
        assertThat(offset(Layouts.IFREQ, "ifr_flags")).isEqualTo(16);
        assertThat(Layouts.SOCKADDR_NL.byteSize()).isEqualTo(12);
        assertThat(offset(Layouts.SOCKADDR_NL, "nl_groups")).isEqualTo(8);
        assertThat(Layouts.TIMEVAL.byteSize()).isEqualTo(16);
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        assertThat(Layouts.EPOLL_EVENT_BYTES).isEqualTo(x86 ? 12 : 16);
        assertThat(Layouts.EPOLL_DATA_OFFSET).isEqualTo(x86 ? 4 : 8);
    }
}
