export interface Host {
  readonly uid: number;
  readonly gid: number;
  readonly username: string;
  readonly hostname: string;
  readonly platform: string;
  /** Addresses of this host's own interfaces, IPv4. */
  addresses(): readonly string[];
  /** Absolute path of a program in PATH. */
  which(program: string): Promise<string | undefined>;
}
