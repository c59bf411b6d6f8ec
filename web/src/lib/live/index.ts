/**
 * The client of the live protocol: subscribe to figures and to the feed of deal changes, and know how fresh they are.
 * Free of any framework; runs wherever there is a WebSocket.
 */
export { connect, DEFAULTS, LiveClient } from "./client";
export type { ConnectOptions, LiveOptions, LiveStatus, SubscribeOptions } from "./client";
export type { Environment, Socket } from "./environment";
export type { Feed, FeedEntry } from "./feed-state";
export type { Freshness } from "./freshness";
export type { KpiValue } from "./kpi-state";
export type { Position } from "./position";
export type { DealChange, ErrorFrame, Group } from "./protocol";
export { topicKey } from "./topic";
export type { DealsTopic, KpiTopic, NamedWindow, Topic, Window } from "./topic";
