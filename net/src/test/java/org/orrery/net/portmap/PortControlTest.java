// SPDX-License-Identifier: Apache-2.0
package org.orrery.net.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Ip;

class PortControlTest {
    private static final Ip HERE = Ip.v4(127, 0, 0, 1);
    private static final Gateway GATEWAY = new Gateway(HERE, HERE);

    /** What a PCP router answers to a MAP request: it grants another port and less time. */
    private static byte[] pcp(byte[] request, int result) {
        ByteBuffer answer = ByteBuffer.allocate(60).put(request).rewind();
        answer.put(1, (byte) 0x81)
                .put(2, (byte) 0)
                .put(3, (byte) result)
                .putInt(4, 1_800)
                .putInt(8, 77);
        answer.putShort(42, (short) 40_000).putLong(44, 0).putInt(52, 0xffff).putInt(56, 0x0808_0404);
        return answer.array();
    }

    private static byte[] pmp(byte[] request, int result) {
        if (request[1] == 0) {
            return ByteBuffer.allocate(12)
                    .put(1, (byte) 128)
                    .putShort(2, (short) result)
                    .putInt(8, 0x0808_0404)
                    .array();
        }
        ByteBuffer answer = ByteBuffer.allocate(16).put(1, (byte) 129).putShort(2, (short) result);
        answer.putShort(8, ByteBuffer.wrap(request).getShort(4))
                .putShort(10, (short) 9_994)
                .putInt(12, 3_600);
        return answer.array();
    }

    @Test
    void asksByPcpAndTakesWhatIsGranted() throws Exception {
        try (var router = new FakeRouter(request -> pcp(request, 0))) {
            var control = new PortControl(new Random(1), router.port());

            PortMapping mapping = control.map(GATEWAY, 9_993, null).orElseThrow();

            assertThat(mapping)
                    .isEqualTo(new PortMapping(
                            MappingMethod.PCP, HERE, HERE, 9_993, new Endpoint(Ip.v4(8, 8, 4, 4), 40_000), 1_800));
            assertThat(mapping.global()).isTrue();
            ByteBuffer request = ByteBuffer.wrap(router.asked.getFirst());
            assertThat(request.limit()).isEqualTo(60);
            assertThat(request.getInt(0)).isEqualTo(0x0201_0000);
            assertThat(request.getInt(4)).isEqualTo(PortControl.LIFETIME_SECONDS);
            assertThat(request.getInt(20)).isEqualTo(0x7f00_0001);
            assertThat(request.get(36)).isEqualTo((byte) 17);
            assertThat(request.getShort(40)).isEqualTo((short) 9_993);
        }
    }

    @Test
    void renewsThePortItHasAndGivesItBack() throws Exception {
        try (var router = new FakeRouter(request -> pcp(request, 0))) {
            var control = new PortControl(new Random(1), router.port());
            PortMapping mapping = control.map(GATEWAY, 9_993, null).orElseThrow();
            assertThat(control.map(GATEWAY, 9_993, mapping)).isPresent();
            control.release(mapping);

            // By content: what is answered late is asked again.
            ByteBuffer first = awaited(router, request -> request.getInt(4) != 0);
            ByteBuffer renewal =
                    awaited(router, request -> request.getInt(4) != 0 && (request.getShort(42) & 0xffff) == 40_000);
            ByteBuffer release = awaited(router, request -> request.getInt(4) == 0);
            assertThat(first.getShort(42) & 0xffff).isEqualTo(9_993);
            assertThat(renewal.slice(24, 12)).isEqualTo(first.slice(24, 12));
            assertThat(release.slice(24, 12)).isEqualTo(first.slice(24, 12));
        }
    }

    /** The first request of its kind. */
    private static ByteBuffer awaited(FakeRouter router, Predicate<ByteBuffer> kind) throws InterruptedException {
        for (int i = 0; i < 6_000; i++) {
            Optional<ByteBuffer> found =
                    router.asked.stream().map(ByteBuffer::wrap).filter(kind).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(5);
        }
        throw new AssertionError("not among " + router.asked.size() + " requests");
    }

    @Test
    void fallsBackToNatPmpWhenTheRouterKnowsOnlyThat() throws Exception {
        byte[] unsupported = {0, (byte) 0x80, 0, 1, 0, 0, 0, 9};
        try (var router = new FakeRouter(request -> request[0] == 2 ? unsupported : pmp(request, 0))) {
            var control = new PortControl(new Random(1), router.port());

            PortMapping mapping = control.map(GATEWAY, 9_993, null).orElseThrow();
            assertThat(mapping.method()).isEqualTo(MappingMethod.NAT_PMP);
            assertThat(mapping.external()).isEqualTo(new Endpoint(Ip.v4(8, 8, 4, 4), 9_994));

            router.asked.clear();
            assertThat(control.map(GATEWAY, 9_993, mapping)).isPresent();
            assertThat(router.asked).noneMatch(request -> request[0] == 2);
        }
    }

    /** It answers the first request so late that it was repeated by then, and the repetition, too. */
    @Test
    void aSlowRouterThatKnowsOnlyNatPmpIsNotTakenForOneThatRefuses() throws Exception {
        byte[] unsupported = {0, (byte) 0x80, 0, 1, 0, 0, 0, 9};
        var late = new AtomicInteger();
        try (var router = FakeRouter.repeating(request -> {
            if (request[0] != 2) {
                return List.of(pmp(request, 0));
            }
            return late.getAndIncrement() == 0 ? List.of() : List.of(unsupported, unsupported);
        })) {
            var control = new PortControl(new Random(1), router.port());

            PortMapping mapping = control.map(GATEWAY, 9_993, null).orElseThrow();
            assertThat(mapping.method()).isEqualTo(MappingMethod.NAT_PMP);
        }
    }

    @Test
    void aRefusalTooShortToNameThePortIsTold() throws Exception {
        for (int length : new int[] {4, 8, 9}) {
            byte[] refusal = Arrays.copyOf(new byte[] {0, (byte) 129, 0, 5}, length);
            try (var router = FakeRouter.repeating(request -> {
                if (request[0] == 2) {
                    return List.of(new byte[] {0, (byte) 0x80, 0, 1, 0, 0, 0, 9});
                }
                return List.of(request[1] == 0 ? pmp(request, 0) : refusal);
            })) {
                var control = new PortControl(new Random(1), router.port());
                assertThatThrownBy(() -> control.map(GATEWAY, 9_993, null))
                        .hasMessage("NAT-PMP: the router refused: unsupported operation");
            }
        }
    }

    @Test
    void saysWhyARouterRefused() throws Exception {
        try (var router = new FakeRouter(request -> pcp(request, 2))) {
            var control = new PortControl(new Random(1), router.port());
            assertThatThrownBy(() -> control.map(GATEWAY, 9_993, null))
                    .isInstanceOf(IOException.class)
                    .hasMessage("PCP: the router refused: not authorized");
        }
        try (var router = new FakeRouter(request -> request[0] == 2 ? null : pmp(request, 4))) {
            var control = new PortControl(new Random(1), router.port());
            assertThatThrownBy(() -> control.map(GATEWAY, 9_993, null))
                    .hasMessage("NAT-PMP: the router refused: no resources");
        }
    }

    @Test
    void takesNoAnswerForAnotherHost() throws Exception {
        try (var router = new FakeRouter(request -> {
            byte[] answer = pcp(request, 0);
            answer[30] ^= 1;
            return answer;
        })) {
            var control = new PortControl(new Random(1), router.port());
            assertThatThrownBy(() -> control.map(GATEWAY, 9_993, null))
                    .hasMessage("PCP: 127.0.0.1 answered for another host");
        }
    }

    @Test
    void nobodyThereIsNoError() throws Exception {
        int port;
        try (var gone = new FakeRouter(request -> null)) {
            port = gone.port();
        }
        assertThat(new PortControl(new Random(1), port).map(GATEWAY, 9_993, null))
                .isEmpty();
    }

    @Test
    void survivesWhateverIsAnswered() throws Exception {
        var random = new Random(7);
        try (var router = new FakeRouter(request -> {
            byte[] answer = new byte[random.nextInt(80)];
            random.nextBytes(answer);
            if (answer.length > 4) {
                answer[0] = (byte) (random.nextBoolean() ? 2 : 0);
                answer[1] = (byte) (random.nextBoolean() ? 0x81 : 0x80);
                answer[3] = 0;
            }
            return answer;
        })) {
            var control = new PortControl(new Random(1), router.port());
            for (int i = 0; i < 3; i++) {
                try {
                    control.map(GATEWAY, 9_993, null);
                } catch (MappingException refused) {
                    assertThat(refused.getMessage()).isNotBlank();
                }
            }
        }
    }
}
