// SPDX-License-Identifier: Apache-2.0
package org.orrery.core.world;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.orrery.core.crypto.CombinedPublicKey;
import org.orrery.core.crypto.Identity;
import org.orrery.core.crypto.SignatureBytes;
import org.orrery.core.value.Endpoint;
import org.orrery.core.value.Hex;
import org.orrery.core.world.World.Root;

/** The facts about the public network's planet: revision of February 2022, four roots. */
final class BuiltInPlanet {
    static final World WORLD = new World(
            WorldType.PLANET,
            149_604_618L,
            1_644_592_324_813L,
            CombinedPublicKey.parse("b8b388a469221491aa9acd66cc764cdefd56039f1067ae15e69c6fb42d7b5533"
                            + "0e3fdaac529c0792fd7340a6aa21aba8a489fdaea44a39bf2d00659ac9c818eb")
                    .orElseThrow(),
            SignatureBytes.of(
                    Objects.requireNonNull(Hex.bytes("3600927637ef4d1404a44d544684851379751faa79b4c4ea85040175ea065860"
                            + "482402e1eb342052000e6290061a9be0cd293c8b55f1c3d2524808afc5492208"
                            + "0e3539a75addc3cef0f6ad260d588293bb7786e71efa4b9057dad9867afe12dd"))),
            List.of(
                    root(
                            "cafe9efeb9:0:ccdef76bc7b97ded904eabc5df09886d9c1514a610036cb9139cc214001a2958"
                                    + "978efcec15712dd3948c6e6b3a8e893df01ff493d1f8d9806a860c5420571bf0",
                            "104.194.8.134/9993",
                            "2605:9880:200:1200:30:571:e34:51/9993"),
                    root(
                            "778cde7190:0:3f6681a99e5ad1895e9fba33e6212d4454e168bcec7112101bf000956ed8e92e"
                                    + "42892cb6f2ec410881a84ab19da50e1287ba3d926c3a1f755cccf299a1207055",
                            "103.195.103.66/9993",
                            "2605:9880:400:c3:254:f2bc:a1f7:19/9993"),
                    root(
                            "62f865ae71:0:e2076c57de870e6288d7d5e7404408b1545efca37d67f77b87e9e54168c25d3e"
                                    + "f1a9abf2905ea5e785c01dff23887ad4232d95c7a8fd2c27111a72bd159322dc",
                            "50.7.252.138/9993",
                            "2001:49f0:d0db:2::2/9993"),
                    root(
                            "cafe04eba9:0:6c6a9d1dea55c1616bfe2a2b8f0ff9a8cacaf70374fb1f39e3bef81cbfebef17"
                                    + "b7228268a0a2a29d3488c752565c6c965cbd6506ec24397cc8a5d9d15285a87f",
                            "84.17.53.155/9993",
                            "2a02:6ea0:d405::9993/9993")));

    private BuiltInPlanet() {}

    private static Root root(String identity, String... endpoints) {
        return new Root(
                Identity.parse(identity).orElseThrow(),
                Stream.of(endpoints)
                        .map(text -> Endpoint.parse(text).orElseThrow())
                        .toList());
    }
}
