// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;

/** The plain transport, byte by byte as it is specified. */
final class RelayMessagesTest {
    private static final Endpoint V4 = Endpoint.parse("203.0.113.5/9993").orElseThrow();
    private static final Endpoint V6 = Endpoint.parse("2001:db8::5/9993").orElseThrow();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] written(byte[] message) throws IOException {
        var out = new ByteArrayOutputStream();
        var stream = new RecordStream(new ByteArrayInputStream(new byte[0]), out);
        stream.write(message, 0, message.length);
        stream.flush();
        return out.toByteArray();
    }

    private static int read(byte[] bytes, byte[] into) throws IOException {
        return new RecordStream(new ByteArrayInputStream(bytes), new ByteArrayOutputStream()).read(into);
    }

    @Test
    void aGreetingIsARecordOfFourBytes() throws Exception {
        assertThat(written(RelayMessages.greeting())).isEqualTo(hex("17 0303 0004 01 0e 0002"));
    }

    @Test
    void aDatagramIsARecordWithItsAddress() throws Exception {
        byte[] message = new byte[9];
        int header = RelayMessages.writeHeader(V4, message, 0);
        assertThat(header).isEqualTo(7);
        message[7] = (byte) 0xaa;
        message[8] = (byte) 0xbb;
        assertThat(written(message)).isEqualTo(hex("17 0303 0009 04 cb007105 2709 aabb"));

        byte[] six = new byte[19];
        assertThat(RelayMessages.writeHeader(V6, six, 0)).isEqualTo(19);
        assertThat(six).isEqualTo(hex("06 20010db8000000000000000000000005 2709"));
        assertThat(RelayMessages.address(six, RelayMessages.headerBytes(six, 19)))
                .isEqualTo(V6);
    }

    @Test
    void readsRecordsWhateverTheirFirstThreeBytesAre() throws Exception {
        byte[] into = new byte[RelayMessages.BYTES_MAX];
        assertThat(read(hex("ff 0000 0003 010203"), into)).isEqualTo(3);
        assertThat(Arrays.copyOf(into, 3)).isEqualTo(hex("010203"));
        assertThat(read(hex("17 0303 0000"), into)).isZero();
        assertThat(read(new byte[0], into)).isEqualTo(MessageStream.END);
    }

    @Test
    void everyTruncationOfARecordIsAFault() throws Exception {
        byte[] whole = hex("17 0303 0004 01020304");
        byte[] into = new byte[RelayMessages.BYTES_MAX];
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut, into)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aRecordLongerThanAnyMessageIsAFault() {
        byte[] into = new byte[RelayMessages.BYTES_MAX];
        assertThatThrownBy(() -> read(hex("17 0303 ffff"), into)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void tellsDatagramsFromWhatIsIgnoredAndFromWhatIsWrong() {
        assertThat(RelayMessages.headerBytes(hex("04 cb007105 2709"), 7)).isEqualTo(7);
        assertThat(RelayMessages.headerBytes(hex("04 cb007105 27"), 6)).isZero();
        assertThat(RelayMessages.headerBytes(hex("06 cb007105 2709"), 7)).isZero();
        assertThat(RelayMessages.headerBytes(hex("05 cb007105 2709"), 7)).isZero();
        assertThat(RelayMessages.headerBytes(new byte[0], 0)).isZero();

        assertThat(RelayMessages.ignorable(hex("01010002"), 4)).isTrue();
        assertThat(RelayMessages.ignorable(hex("00 aabbcc"), 4)).isTrue();
        assertThat(RelayMessages.ignorable(hex("00"), 1)).isTrue();
        assertThat(RelayMessages.ignorable(hex("05 aabb"), 3)).isFalse();
        assertThat(RelayMessages.ignorable(new byte[0], 0)).isFalse();
    }

    @Test
    void addressesReadAgainAreTheSameObject() {
        var addresses = new RelayMessages.Addresses();
        byte[] one = hex("04 cb007105 2709");
        Endpoint first = addresses.of(one, 7);
        assertThat(first).isEqualTo(V4);
        assertThat(addresses.of(one.clone(), 7)).isSameAs(first);
        for (int port = 0; port < 0xffff; port++) {
            byte[] other = new byte[7];
            RelayMessages.writeHeader(new Endpoint(V4.ip(), port), other, 0);
            assertThat(addresses.of(other, 7).port()).isEqualTo(port);
        }
        assertThat(addresses.of(one, 7)).isEqualTo(V4);
    }
}
