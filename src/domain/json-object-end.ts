const quote = 0x22;
const backslash = 0x5c;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/**
 * Where the JSON object that begins at byte 0 ends (the offset behind its closing brace), or
 * undefined if it does not: truncated, or no object. Looks at braces and strings only; whether what
 * lies between is JSON is for a parser to say. Works on UTF-8, whose multi-byte sequences hold no ASCII.
 */
export function jsonObjectEnd(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== openingBrace) return undefined;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString && byte === backslash) index++;
    else if (byte === quote) inString = !inString;
    else if (!inString && byte === openingBrace) depth++;
    else if (!inString && byte === closingBrace && --depth === 0) return index + 1;
  }
  return undefined;
}

/** Whether every byte is a visible ASCII character, a space or a line break, as a token's JSON is. */
export function isPrintableAscii(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d,
  );
}
