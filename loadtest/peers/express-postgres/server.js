// Express over PostgreSQL: takes the same events, answers when their insert has committed. One multi-row insert per
// request, by COPY's closest kin in a prepared statement: unnest over arrays, with a unique key over (organisation, event
// id) and `on conflict do nothing`.
'use strict';

const express = require('express');
const { Pool } = require('pg');

// As many connections as keep PostgreSQL busy on a small machine without queueing inside it.
const CONNECTIONS_MAX = Number(process.env.PEER_CONNECTIONS || 32);

const pool = new Pool({ host: process.env.PEER_SOCKET_DIR, user: 'postgres', database: 'postgres', max: CONNECTIONS_MAX });

const INSERT = {
  name: 'insert-events',
  text: `insert into sales_events (organisation, event_id, occurred_at, event_type, user_id, deal_id, amount, properties)
         select $1, * from unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::jsonb[])
         on conflict do nothing`,
};

function organisationOf(request) {
  const header = request.get('authorization') || '';
  return header.startsWith('Bearer ') ? header.slice('Bearer '.length) : null;
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: '64mb' }));

app.post('/api/v1/events', async (request, response, next) => {
  try {
    const organisation = organisationOf(request);
    if (organisation === null) return response.status(401).json({ code: 'unauthorized' });
    const events = Array.isArray(request.body) ? request.body : [request.body];
    const column = (of) => events.map(of);
    const values = [
      organisation,
      column((event) => event.event_id),
      column((event) => event.timestamp),
      column((event) => event.event_type),
      column((event) => event.user_id),
      column((event) => event.deal_id),
      column((event) => String(event.amount)),
      column((event) => JSON.stringify(event.properties)),
    ];
    const { rowCount } = await pool.query({ ...INSERT, values });
    response.json({ accepted: rowCount, duplicates: events.length - rowCount });
  } catch (error) {
    next(error);
  }
});

async function main() {
  await pool.query(`create table if not exists sales_events (
    organisation text not null, event_id text not null, occurred_at timestamptz not null, event_type text not null,
    user_id text, deal_id text, amount numeric(15, 2), properties jsonb, primary key (organisation, event_id))`);
  app.listen(Number(process.env.PEER_PORT), '127.0.0.1', 4096);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
