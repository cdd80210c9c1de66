import type { Vendor } from './vendor-client.ts';

/** Calls from the vendor's side that never pause, and what became of them. */
export interface Load {
  /** Answered so far. */
  readonly answered: number;
  /** Ends the calls; resolves once the last is over. */
  stop(): Promise<{ readonly answered: number; readonly lost: readonly string[] }>;
}

/** Several callers, each asking again as soon as it was answered. */
const callers = 2;

/** Calls the sample server’s tool through the simulated edge until it is stopped. */
export function constantLoad(vendor: Vendor, domain: string): Load {
  const lost: string[] = [];
  let [answered, stopping] = [0, false];
  const call = async (): Promise<void> => {
    while (!stopping) {
      try {
        const answer = await vendor.callTool({
          url: `https://echo.${domain}/mcp`,
          tool: 'hello',
          arguments: { name: 'load' },
        });
        if (answer.answered && answer.text === 'Hello, load!') answered += 1;
        else lost.push(JSON.stringify(answer));
      } catch (error) {
        lost.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const calls = Array.from({ length: callers }, call);
  return {
    get answered() {
      return answered;
    },
    async stop() {
      stopping = true;
      await Promise.all(calls);
      return { answered, lost };
    },
  };
}
