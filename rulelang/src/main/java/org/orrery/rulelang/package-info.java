// SPDX-License-Identifier: Apache-2.0
/**
 * The rule definition language. {@link org.orrery.rulelang.RuleCompiler} is where to begin: text becomes words
 * ({@code Lexer}), words become nested blocks ({@code BlockReader}), blocks become statements ({@code RuleParser}) and
 * definitions ({@code DefinitionReader}), and those become tables ({@code Expander}).
 */
package org.orrery.rulelang;
