// What most of the mediasoup worker's files include, precompiled once because it halves the time of the whole build.
#include "common.hpp"
#include "FBS/message.h"
#include "FBS/notification.h"
#include "FBS/request.h"
#include "FBS/transport.h"
#include <ankerl/unordered_dense.h>
#include <cstring>
#include <deque>
#include <map>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <vector>
