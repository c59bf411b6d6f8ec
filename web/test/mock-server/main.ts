/** `npm run mock`: the built app with an invented team, at a port of this machine. */
import { PASSWORD } from "./rest";
import { MockServer } from "./server";

const server = new MockServer({ port: Number(process.env.PORT ?? 4173), step_ms: 2_500 });
const address = await server.start();
console.log(`${address}  (any e-mail address, password: ${PASSWORD})`);
