import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { HttpResponse } from '../http.js';
import { METRICS_COLLECTOR } from '../tokens.js';
import type { MetricsCollector } from './metrics-collector.js';

/** `GET /metrics`: all processes of the domain, in the Prometheus text format. */
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS_COLLECTOR) private readonly collector: MetricsCollector) {}

  @Get()
  async metrics(@Res() response: HttpResponse): Promise<void> {
    const text = await this.collector.collect();
    response.status(200).set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').send(text);
  }
}
