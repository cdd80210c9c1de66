/** A line of a service's log, as the program wrote it. */
export interface ServiceLine {
  readonly service: string;
  readonly text: string;
  readonly at: Date | undefined;
}
