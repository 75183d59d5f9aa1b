// Shapes of the API's answers, as far as the dashboard reads them.

export interface Site {
  idsite: number;
  name: string;
  main_url: string;
  timezone: string;
  currency: string;
  ecommerce: number;
  sitesearch: number;
  ts_created: string;
  group: string;
  excluded_ips: string;
  excluded_parameters: string;
  keep_url_fragment: number;
  exclude_unknown_urls: number;
}

export interface Named {
  id: string;
  name: string;
  order: number;
  help?: string;
}

export interface Widget {
  name: string;
  module: string;
  action: string;
  parameters: Record<string, string>;
  uniqueId: string;
  viewDataTable?: string | null;
  /** What a container holds. */
  widgets?: Widget[];
  isWide?: boolean;
  isReport?: boolean;
  category?: Named;
  subcategory?: Named | null;
}

export interface ReportPage {
  uniqueId: string;
  category: Named;
  subcategory: Named;
  widgets: Widget[];
}

export type MetricType = 'number' | 'float' | 'money' | 'percent' | 'duration_s' | 'duration_ms' | 'byte' | 'text' | string;

export interface ReportMetadata {
  category: string;
  subcategory?: string;
  name: string;
  module: string;
  action: string;
  dimension?: string;
  documentation?: string;
  metrics?: Record<string, string>;
  processedMetrics?: Record<string, string>;
  metricsDocumentation?: Record<string, string>;
  metricTypes?: Record<string, MetricType>;
  metricsGoal?: Record<string, string>;
  actionToLoadSubTables?: string;
  constantRowsCount?: boolean;
  parameters?: Record<string, string>;
  uniqueId: string;
}

export type Cell = string | number | null | undefined;
export type Row = Record<string, Cell>;

export interface RowMetadata {
  url?: string;
  segment?: string;
  code?: string;
  idsubdatatable?: number;
  [name: string]: Cell;
}

export interface ProcessedReport {
  prettyDate: string;
  metadata: ReportMetadata;
  columns: Record<string, string>;
  reportData: Row[];
  reportMetadata: RowMetadata[];
  reportTotal: Row;
}

export type Series = Record<string, Row | []>;

export interface Goal {
  idgoal: number;
  name: string;
  description: string;
  match_attribute: string;
  pattern: string;
  pattern_type: string;
  case_sensitive: number;
  allow_multiple: number;
  revenue: number;
}

export interface SavedSegment {
  idsegment: number;
  name: string;
  definition: string;
  login: string;
  enable_all_users: number;
  enable_only_idsite: number;
  auto_archive: number;
}

export interface SegmentDimension {
  type: 'dimension' | 'metric';
  category: string;
  name: string;
  segment: string;
  acceptedValues?: string;
}

export interface Action {
  type: string;
  url?: string | null;
  title?: string | null;
  subtitle?: string | null;
  pageTitle?: string | null;
  timeSpentPretty?: string;
  timestamp: number;
  eventCategory?: string;
  eventAction?: string;
  eventName?: string;
  eventValue?: number;
  goalName?: string;
  revenue?: number | string;
  siteSearchKeyword?: string;
  [name: string]: unknown;
}

export interface Visit {
  idVisit: number;
  visitorId: string;
  userId: string | null;
  visitIp: string;
  actionDetails: Action[];
  firstActionTimestamp: number;
  lastActionTimestamp: number;
  visitDuration: number;
  siteCurrency: string;
  visitorType: string;
  visitCount: number;
  actions: number;
  country: string;
  countryCode: string;
  region: string | null;
  city: string | null;
  location: string;
  browser: string;
  browserName: string;
  operatingSystem: string;
  deviceType: string;
  deviceBrand: string;
  deviceModel: string;
  referrerType: string;
  referrerTypeName: string;
  referrerName: string | null;
  referrerKeyword: string | null;
  referrerUrl: string | null;
  resolution: string;
  language: string;
  goalConversions: number;
  visitEcommerceStatus: string;
  latitude: string | null;
  longitude: string | null;
}

export interface User {
  login: string;
  email: string;
  superuser_access: number;
  role?: string;
  capabilities?: string[];
  uses_2fa?: boolean;
  invite_status?: string;
  date_registered?: string;
}
