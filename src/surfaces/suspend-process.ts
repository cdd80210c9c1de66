/** A stop that has not taken effect by then never will. */
const ignoredAfterMs = 200;

/**
 * Stops this process group as Ctrl-Z does. Resolves when it goes on: by SIGCONT, or at once where
 * nobody could fetch it back and the system ignores the stop (an orphaned process group).
 */
export function suspendProcess(): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      process.off('SIGCONT', goOn);
      resolve();
    };
    const timer = setTimeout(goOn, ignoredAfterMs);
    process.once('SIGCONT', goOn);
    process.kill(0, 'SIGTSTP');
  });
}
