// `npm run bench`: one line a figure, against the aims of issues 2 to 4; `npm run bench -- first-frame`
// measures that alone. Its exit code is always 0: a busy machine is no reason to stop a build.
const benches = {
  'start-up': 'benchStartUp',
  'first-frame': 'benchFirstFrame',
  'key-to-frame': 'benchKeyToFrame',
  certificates: 'benchCertificates',
  logs: 'benchLogs',
  idle: 'benchIdle',
};

if (!process.features.typescript || !process.threadCpuUsage) {
  // Our sources run as they are, and each thread's own time is asked for.
  console.log(`bench: not measured: needs Node 24, this is ${process.version}`);
} else {
  const { figureLine, verdict } = await import('../test/bench/figure.ts');
  const counts = { met: 0, MISSED: 0, 'not measured': 0, 'no aim': 0 };
  const wanted = process.argv.slice(2);
  for (const [file, name] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(file)) continue;
    try {
      const bench = (await import(`../test/bench/${file}.ts`))[name];
      for (const figure of await bench()) {
        counts[verdict(figure)]++;
        console.log(figureLine(figure));
      }
    } catch (error) {
      counts['not measured']++;
      console.log(`${file}: not measured (${error.message})`);
    }
  }
  const lost = counts['not measured'] > 0 ? `, ${counts['not measured']} not measured` : '';
  console.log(`${counts.met} aims met, ${counts.MISSED} missed${lost}`);
}
