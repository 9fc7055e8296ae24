/** Members behind routers of several kinds. */
@NullMarked
package org.orrery.cli.interop.nat;

import org.jspecify.annotations.NullMarked;
