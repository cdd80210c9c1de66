/** OSC 52: the terminal puts the text into its own clipboard, also over ssh. */
export function clipboardSequence(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
