#include "workflow/training_family.hpp"

namespace lacathode {

StageContext with_settings(StageContext share, const CommonConfig& common) {
    const int threads = share.common.threads;
    share.common = common;
    share.common.threads = threads;
    return share;
}

}  // namespace lacathode
