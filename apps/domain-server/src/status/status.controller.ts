import { Controller, Get, Header, Inject } from '@nestjs/common';
import { STATUS } from '../tokens.js';
import type { StatusService } from './status.service.js';

/** `GET /api/status`: all processes of the domain. */
@Controller('api/status')
export class StatusController {
  constructor(@Inject(STATUS) private readonly service: StatusService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  status(): object {
    return this.service.status();
  }
}
