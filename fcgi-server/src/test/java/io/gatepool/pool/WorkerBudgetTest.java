package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerBudgetTest {

    private static final String RICH = "rich";
    private static final String POOR = "poor";

    private final WorkerBudget budget = new WorkerBudget(1);

    @Test
    void nobodyHasToGiveAnythingBackAsLongAsNobodyIsRefused() {
        assertThat(budget.take(RICH)).isTrue();
        assertThat(budget.claim(RICH)).isFalse();
        assertThat(budget.isRefusedTo(RICH)).isFalse();
    }

    @Test
    void oneIsGivenBackForWhomeverIsRefused() {
        budget.take(RICH);
        assertThat(budget.take(POOR)).isFalse();
        assertThat(budget.take(POOR)).as("asks again").isFalse();
        assertThat(budget.isRefusedTo(POOR)).isTrue();
        assertThat(budget.claim(RICH)).isTrue();
        assertThat(budget.claim(RICH)).as("one is enough").isFalse();
        budget.giveBack();
        assertThat(budget.claim(RICH)).as("it has not been taken yet").isFalse();
        assertThat(budget.take(POOR)).isTrue();
        assertThat(budget.isRefusedTo(POOR)).isFalse();
        assertThat(budget.claim(RICH)).isFalse();
    }

    @Test
    void noneIsGivenBackByOneWhoIsRefusedHimself() {
        budget.take(RICH);
        budget.take(POOR);
        assertThat(budget.claim(POOR)).isFalse();
    }

    @Test
    void noneIsGivenBackForAWishThatIsOver() {
        budget.take(RICH);
        budget.take(POOR);
        budget.withdraw(POOR);
        assertThat(budget.isRefusedTo(POOR)).isFalse();
        assertThat(budget.claim(RICH)).isFalse();
    }

    @Test
    void twoWhoAreRefusedGetOneEach() {
        budget.take(RICH);
        budget.take(POOR);
        budget.take("also poor");
        assertThat(budget.claim(RICH)).isTrue();
        assertThat(budget.claim(RICH)).isTrue();
        assertThat(budget.claim(RICH)).isFalse();
    }
}
