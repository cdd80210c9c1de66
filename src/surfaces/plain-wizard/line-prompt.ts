/** Asks a person by lines: for `ACCESSIBLE`, screen readers, `TERM=dumb` and `--plain`. */
export interface LinePrompt {
  /** The line that was typed, without its end; undefined when the input ended or the wait was aborted. */
  line(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** The same without echo; a paste over several lines is one answer. */
  secret(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Lets go of the input. Lines typed ahead are kept for whoever asks next. */
  close(): void;
}
