// SPDX-License-Identifier: Apache-2.0
package org.orrery.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.orrery.cli.explain.FrameWords;

/** Any bytes are packets or an error that says where, within the file. */
final class CaptureReaderFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] file) throws IOException {
        try (CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file))) {
            long number = 0;
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                number++;
                assertThat(packet.number()).isEqualTo(number);
                assertThat(packet.offset() + packet.bytes().length).isLessThanOrEqualTo(file.length);
                words(packet);
            }
        } catch (CaptureException fault) {
            String message = String.valueOf(fault.getMessage());
            assertThat(message).matches("at byte [0-9]+: (?s:.+)");
            long offset = Long.parseLong(message.substring("at byte ".length(), message.indexOf(':')));
            assertThat(offset).isLessThanOrEqualTo(file.length);
        }
    }

    private static void words(CapturedPacket packet) {
        try {
            LinkFrame frame = LinkFrame.of(packet);
            assertThat(FrameWords.of(frame.etherType(), frame.payload())).isNotEmpty();
        } catch (LinkFrame.UnreadableException unread) {
            assertThat(unread.getMessage()).isNotEmpty();
        }
    }
}
