/** Runs a command of the operator's own when something is to be told to other systems. */
export interface Notifier {
  /**
   * Runs a shell command with these variables beside the operator's environment; it is ended when it
   * takes too long. Never throws.
   * @returns what went wrong, in words; undefined if nothing did.
   */
  run(
    command: string,
    variables: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<string | undefined>;
}
