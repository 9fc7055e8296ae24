// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.linux;

/** Numbers of the Linux system interface, the same on x86-64 and arm64. */
final class Constants {
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;

    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x8_0000;

    static final int SOL_SOCKET = 1;
    static final int SO_BROADCAST = 6;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_REUSEPORT = 15;
    static final int SO_RCVTIMEO = 20;
    static final int SO_BINDTODEVICE = 25;
    static final int SO_MARK = 36;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;

    static final int IPPROTO_IP = 0;
    static final int IP_TTL = 2;
    static final int IP_MTU_DISCOVER = 10;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_MTU_DISCOVER = 23;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_HOPLIMIT = 52;
    static final int PMTUDISC_DONT = 0;

    static final int IPPROTO_UDP = 17;
    /** Payload of each datagram that a message is cut into. */
    static final int UDP_SEGMENT = 103;
    /** Receive the datagrams of a sender as one message. */
    static final int UDP_GRO = 104;

    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x8_0000;

    static final int POLLOUT = 4;

    static final int EPOLLIN = 1;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;

    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x8_0000;

    /** Set the queue of a tun/tap descriptor: {@code _IOW('T', 202, int)}. */
    static final long TUNSETIFF = 0x4004_54caL;

    /** Say which super-frames may be read: {@code _IOW('T', 208, unsigned int)}, with the flags themselves. */
    static final long TUNSETOFFLOAD = 0x4004_54d0L;

    /** Set the length of the header before each frame: {@code _IOW('T', 216, int)}. */
    static final long TUNSETVNETHDRSZ = 0x4004_54d8L;

    static final int TUN_F_CSUM = 0x01;
    static final int TUN_F_TSO4 = 0x02;
    static final int TUN_F_TSO6 = 0x04;
    static final int TUN_F_TSO_ECN = 0x08;
    static final int TUN_F_USO4 = 0x20;
    static final int TUN_F_USO6 = 0x40;

    static final int IFF_TAP = 0x0002;
    static final int IFF_NO_PI = 0x1000;
    static final int IFF_MULTI_QUEUE = 0x0100;
    /** A header with offload information before each frame. */
    static final int IFF_VNET_HDR = 0x4000;
    /** Refuse a name that is taken, instead of attaching to that device. */
    static final int IFF_TUN_EXCL = 0x8000;

    static final int PROT_READ_WRITE = 3;
    static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    static final int MADV_NOHUGEPAGE = 15;

    static final int CLONE_NEWNET = 0x4000_0000;

    private Constants() {}
}
