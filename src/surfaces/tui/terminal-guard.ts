/** What is switched on while the wizard has the terminal, switched off. */
const sane = [
  '\u001b[?2004l', // bracketed paste
  '\u001b[?1049l', // alternate screen
  '\u001b[?25h', // cursor
  '\u001b[0m',
].join('');

/**
 * Leaves the terminal as it was if the process ends without unmounting (an unexpected error, a second
 * signal). Returns what takes the guard away again.
 */
export function guardTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): () => void {
  const onExit = (): void => {
    try {
      stdin.setRawMode?.(false);
      stdout.write(sane);
    } catch {
      // The terminal is gone: there is nothing left to restore.
    }
  };
  process.once('exit', onExit);
  return () => process.off('exit', onExit);
}
